/** The mark: a jar with a sprout. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <path d="M7 3h10M8 3v3.2C5.6 7.4 4 9.8 4 12.6V17a4 4 0 0 0 4 4h8a4 4 0 0 0 4-4v-4.4c0-2.8-1.6-5.2-4-6.4V3" stroke="var(--text)" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
      <path d="M12 18v-5m0 1.6c0-2 1.4-3.4 3.6-3.6 0 2.2-1.4 3.6-3.6 3.6Zm0 1.6c0-1.7-1.2-2.9-3.1-3 0 1.9 1.2 3 3.1 3Z" stroke="var(--accent)" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
      <path d="M4.6 18.4h14.8" stroke="var(--text)" strokeWidth="1.6" />
    </svg>
  );
}
