/** The page mark: three solid cells that burn less, two hollow ones that burn more. */
export function Logo() {
  return (
    <svg width={26} height={16} aria-hidden="true">
      <path d="M0 0h4v16H0zM6 0h4v16H6zM12 0h4v16h-4z" fill="var(--save)" />
      <path d="M18 1h3v14h-3zM23.5 1h3v14h-3z" fill="none" stroke="var(--hard)" strokeWidth={1.5} />
    </svg>
  );
}
