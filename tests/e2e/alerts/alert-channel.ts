import { expect, type Page } from '@playwright/test'

/** Makes a webhook channel for alerts of every severity on the page, and returns its secret. */
export async function makeChannel(page: Page, { name, url }: { name: string; url: string }): Promise<string> {
  await page.goto('/alerts?view=channels')
  await page.getByRole('button', { name: 'New channel' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByLabel('URL').fill(url)
  await dialog.getByRole('combobox', { name: 'From severity' }).click()
  await page.getByRole('option', { name: 'info' }).click()
  await dialog.getByLabel('Reason').fill('rehearsal of alerts')
  await dialog.getByRole('button', { name: 'Make channel' }).click()
  const secret = (await dialog.getByText(/^whsec_/).textContent()) ?? ''
  await dialog.getByRole('button', { name: 'I have kept it' }).click()
  await expect(page.getByRole('row').filter({ hasText: name })).toContainText('secret kept')
  return secret
}

export async function removeChannel(page: Page, name: string): Promise<void> {
  await page.goto('/alerts?view=channels')
  await page.getByRole('button', { name: `Remove ${name}` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Reason').fill('rehearsal is over')
  await dialog.getByRole('button', { name: 'Remove channel' }).click()
  await expect(page.getByRole('button', { name: `Remove ${name}` })).toHaveCount(0)
}
