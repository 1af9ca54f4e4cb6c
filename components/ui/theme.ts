import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core'

/** Neutral scale of controls: the console keeps hue for data, so buttons and links are ink. */
const ink: MantineColorsTuple = [
  '#f4f5f7',
  '#e7e9ed',
  '#cfd3da',
  '#b0b7c2',
  '#8d96a5',
  '#6b7585',
  '#525b69',
  '#3c434e',
  '#2a2f38',
  '#191c22',
]

const gray: MantineColorsTuple = [
  '#fafbfc',
  '#f3f4f7',
  '#e8eaee',
  '#dadde3',
  '#bcc2cc',
  '#939cab',
  '#6b7585',
  '#525b69',
  '#363c46',
  '#191c22',
]

const dark: MantineColorsTuple = [
  '#e4e7ec',
  '#c3c9d2',
  '#9ba4b2',
  '#717b8a',
  '#343a44',
  '#272c34',
  '#1c2027',
  '#131619',
  '#0e1013',
  '#0a0b0d',
]

/** Ink turns from black to white with the scheme, and what stands on it has to turn the other way. */
const resolveVariantColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input)
  const isInk = input.color === undefined || input.color === 'ink'
  return isInk && input.variant === 'filled' ? { ...colors, color: 'var(--c-on-ink)' } : colors
}

/** A dialog's `<header>` is no banner of the page. */
const dialogProps = { closeButtonProps: { 'aria-label': 'Close' }, attributes: { header: { role: 'none' } } }

/** Look of every control: ink on paper, one radius, small type, Geist. */
export const theme = createTheme({
  colors: { ink, gray, dark },
  primaryColor: 'ink',
  primaryShade: { light: 9, dark: 1 },
  variantColorResolver: resolveVariantColors,
  white: '#ffffff',
  black: '#191c22',
  defaultRadius: 'sm',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '10px', xl: '14px' },
  fontFamily: 'var(--font-sans), system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif',
  fontFamilyMonospace: 'var(--font-mono), ui-monospace, "SF Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '16px', lineHeight: '1.3' },
      h2: { fontSize: '14px', lineHeight: '1.4' },
      h3: { fontSize: '13px', lineHeight: '1.4' },
    },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'xs', withAsterisk: false } },
    PasswordInput: { defaultProps: { size: 'xs', withAsterisk: false } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', comboboxProps: { shadow: 'md' } } },
    MultiSelect: { defaultProps: { size: 'xs', comboboxProps: { shadow: 'md' } } },
    Textarea: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs', iconColor: 'var(--c-on-ink)' } },
    Radio: { defaultProps: { size: 'xs', iconColor: 'var(--c-on-ink)' } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true, arrowSize: 6, multiline: true, maw: 320 } },
    Menu: { defaultProps: { shadow: 'md' } },
    Popover: { defaultProps: { shadow: 'md' } },
    ActionIcon: { defaultProps: { variant: 'subtle' } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close the message' } } },
    Modal: { defaultProps: { ...dialogProps, centered: true, overlayProps: { backgroundOpacity: 0.4 } } },
    Drawer: { defaultProps: { ...dialogProps, overlayProps: { backgroundOpacity: 0.25 } } },
  },
})

/** Text and surface colours with at least 4.5 : 1 where text stands on them. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#fbfbfc',
    '--mantine-color-dimmed': '#5a6372',
    '--mantine-color-placeholder': '#5f6876',
    '--mantine-color-error': '#c81e1e',
    '--mantine-color-default-border': '#dfe2e7',
  },
  dark: {
    '--mantine-color-body': '#0f1115',
    '--mantine-color-dimmed': '#9ba4b2',
    '--mantine-color-placeholder': '#8b94a3',
    '--mantine-color-error': '#fb8585',
    '--mantine-color-default-border': '#2b3038',
    '--mantine-color-default': '#15181d',
    '--mantine-color-default-hover': '#1f232a',
  },
})
