/** Three frames of a tree. */
export function Logo() {
  return (
    <svg viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round" aria-hidden>
      <rect x="2" y="7" width="6" height="6" rx="1.5" />
      <rect x="13" y="2.5" width="5" height="5" rx="1.5" />
      <rect x="13" y="12.5" width="5" height="5" rx="1.5" />
      <path d="M8 10h2.500M10.500 5v10M10.500 5H13M10.500 15H13" />
    </svg>
  );
}
