import { describe, expect, it } from 'vitest'
import { modelKey, readMeterName, unitSize } from '#lib/costs/read-meter-name'
import { readExportHeader } from '#lib/costs/usage-export-columns'
import { readExportLine } from '#lib/costs/usage-export-line'

const ea =
  'InvoiceSectionName,Date,MeterCategory,MeterId,MeterName,UnitOfMeasure,Quantity,CostInBillingCurrency,BillingCurrencyCode,ChargeType,PricingModel'
const mca =
  'invoiceId,date,meterId,meterName,meterCategory,quantity,unitOfMeasure,chargeType,billingCurrency,costInBillingCurrency,costInUsd,pricingModel'
const columnsOf = (header: string) => {
  const reading = readExportHeader(header.split(','))
  if (!reading.ok) throw new Error(reading.refusal.message)
  return reading.columns
}
const read = (header: string, line: string) =>
  readExportLine(line.split(','), { columns: columnsOf(header), width: header.split(',').length, number: 7 })

describe('an export of Azure Cost Management', () => {
  it.each([
    [
      'an enterprise agreement',
      ea,
      'x,01/31/2026,Cognitive Services,m-1,gpt 4o 1120 Inp glbl,1K,12.5,1.5E-05,USD,Usage,OnDemand',
    ],
    [
      'a customer agreement',
      mca,
      'x,2026-01-31,m-1,gpt 4o 1120 Inp glbl,Foundry Models,12.5,1K,Usage,EUR,0.9,0.000015,OnDemand',
    ],
  ])('is read in the spelling of %s', (_, header, line) => {
    expect(read(header, line)).toEqual({
      ok: true,
      line: {
        ...{
          day: '2026-01-31',
          meterId: 'm-1',
          meterName: 'gpt 4o 1120 Inp glbl',
          unit: '1K',
          chargeType: 'Usage',
        },
        quantityPico: 12_500_000_000_000n,
        costPicoUsd: 15_000_000n,
      },
    })
  })

  it('leaves other services out', () => {
    expect(read(ea, 'x,2026-01-31,Storage,m,Hot LRS,1 GB,1,1,USD,Usage,OnDemand')).toEqual({
      ok: true,
      line: null,
    })
  })

  it.each([
    ['Date', 'x,31/31/2026,Cognitive Services,m,n,1K,1,1,USD,Usage,OnDemand', 'is no day'],
    ['Quantity', 'x,2026-01-31,Cognitive Services,m,n,1K,many,1,USD,Usage,OnDemand', '"many" is no number'],
    ['CostInBillingCurrency', 'x,2026-01-31,Storage,m,n,1K,1,,USD,Usage,OnDemand', '"" is no number'],
    [
      'BillingCurrencyCode',
      'x,2026-01-31,Cognitive Services,m,n,1K,1,1,EUR,Usage,OnDemand',
      'costs are in "EUR"',
    ],
    [null, 'x,2026-01-31,Cognitive Services', '3 fields where the header has 11'],
  ])('is refused for its %s, which is named with the line', (column, line, words) => {
    const reading = read(ea, line)
    expect(reading).toMatchObject({ ok: false, refusal: { line: 7, column } })
    expect(reading.ok ? '' : reading.refusal.message).toContain(words)
  })

  it('is refused when it is another file, with the first column that is missing', () => {
    expect(readExportHeader(['id', 'name'])).toMatchObject({
      ok: false,
      refusal: { line: 1, column: 'Date' },
    })
    expect(readExportHeader(ea.replace(',BillingCurrencyCode', '').split(','))).toMatchObject({
      refusal: { line: 1, column: 'CostInUsd' },
    })
    expect(readExportHeader([...ea.split(','), 'date'])).toMatchObject({ refusal: { column: 'date' } })
  })
})

describe('a meter', () => {
  it.each([
    ['gpt-4o-mini-0718-Inp-glbl Tokens', 'gpt-4o-mini', 'input', false],
    ['gpt-4o-0806-Outp-regnl Tokens', 'gpt-4o', 'output', false],
    ['gpt 4.1 mini cached Inp glbl Tokens', 'gpt-4.1-mini', 'cached_input', false],
    ['gpt 4.1 mini Batch Outp glbl Tokens', 'gpt-4.1-mini', 'output', true],
    ['5.4 mini cd Inp Gl 1M Tokens', 'gpt-5.4-mini', 'cached_input', false],
    ['5.6 sol ShortCo Cd Wr Std Gl 1M Tokens', 'gpt-5.6-sol', 'cache_write', false],
    ['5.6 sol ShortCo Opt Std Gl', 'gpt-5.6-sol', 'output', false],
    ['GPT 5 Mini cchd Inpt Glbl 1M Tokens', 'gpt-5-mini', 'cached_input', false],
    ['gpt-5-codex-ccchd-inp-glbl Tokens', 'gpt-5-codex', 'cached_input', false],
    ['embedding-ada-glbl Tokens', 'text-embedding-ada-002', 'input', false],
    ['text-embedding-3-large-glbl Tokens', 'text-embedding-3-large', 'input', false],
    ['Provisioned Managed Global Unit', '', 'units', false],
  ])('%s is of %s: %s', (name, model, kind, batch) => {
    expect(readMeterName(name)).toEqual({ model, kind, batch })
  })

  it('of something else is no meter of a language model', () => {
    expect(readMeterName('S1 Text Records')).toBeNull()
  })

  it('and the ledger spell a model the same way', () => {
    expect(modelKey('gpt-4o-2024-11-20')).toBe('gpt-4o')
    expect(modelKey('gpt-3.5-turbo')).toBe(modelKey('gpt-35-turbo'))
  })

  it('counts in units of its own', () => {
    expect(['1K', '1M Tokens', '1 Hour', '100 Hours', 'Each'].map(unitSize)).toEqual([
      1_000n,
      1_000_000n,
      1n,
      100n,
      null,
    ])
  })
})
