/** Whether shortcuts use the Command key. */
export function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}

export function modifierName(): string {
  return isApple() ? "⌘" : "Ctrl";
}
