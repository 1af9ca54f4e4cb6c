/** How the console signs people in with Microsoft Entra ID. */
export interface EntraSettings {
  clientId: string
  clientSecret: string
  /** The one tenant whose members may sign in: its id (GUID), never `common`, `organizations` or `consumers`. */
  tenantId: string
  /** Another authority than https://login.microsoftonline.com, such as a sovereign cloud's. */
  authority?: string
}

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/**
 * better-auth's provider options. Asks for who the person is and nothing more (no Graph, no refresh token).
 * `xms_edov` says that the tenant owns the address's domain
 * (https://learn.microsoft.com/entra/identity-platform/migrate-off-email-claim-authorization).
 *
 * @throws Error when the tenant is not one tenant's id.
 */
export function microsoftProvider(settings: EntraSettings) {
  if (!guid.test(settings.tenantId)) {
    throw new Error('AUTH_MICROSOFT_ENTRA_ID_TENANT_ID must be the id (GUID) of one tenant')
  }
  return {
    ...settings,
    disableProfilePhoto: true,
    disableDefaultScope: true,
    scope: ['openid', 'profile', 'email'],
    prompt: 'select_account' as const,
    mapProfileToUser: (profile: {
      email?: string
      preferred_username?: string
      name?: string
      xms_edov?: unknown
    }) => ({
      email: profile.email ?? profile.preferred_username,
      name: profile.name || profile.preferred_username || profile.email || 'Microsoft user',
      ...(isTrue(profile.xms_edov) ? { emailVerified: true } : {}),
    }),
  }
}

/** Is this profile of the tenant? Its token came from the tenant's own endpoint; the claim is the second lock. */
export function isOfTenant(
  profile: Readonly<Record<string, unknown>> | undefined,
  tenantId: string,
): boolean {
  return typeof profile?.tid === 'string' && profile.tid.toLowerCase() === tenantId.toLowerCase()
}

function isTrue(claim: unknown): boolean {
  return claim === true || claim === 1 || claim === '1' || claim === 'true'
}
