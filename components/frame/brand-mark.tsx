/** The product's mark, in the colours of the page. */
export function BrandMark() {
  return (
    <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--c-text)" />
      <path
        d="M9 8v16M23 8v16M9 16c4.5 0 5-4 7-4s2.5 8 7 4"
        fill="none"
        stroke="var(--c-surface)"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
