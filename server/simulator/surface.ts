/** The dialects the simulator speaks. */
export type Surface = 'azure_dated' | 'azure_v1' | 'openai' | 'anthropic'

/** True for both dialects of Azure OpenAI. */
export function isAzure(surface: Surface): boolean {
  return surface === 'azure_dated' || surface === 'azure_v1'
}

/** The provider word used in fault targets: `provider:<word>`. */
export function providerOf(surface: Surface): 'azure' | 'openai' | 'anthropic' {
  return isAzure(surface) ? 'azure' : surface === 'anthropic' ? 'anthropic' : 'openai'
}
