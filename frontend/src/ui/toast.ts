import { create } from "zustand";

export type ToastTone = "plain" | "success" | "error";

export interface ToastAction {
  readonly label: string;
  readonly onClick: () => void;
}

export interface Toast {
  readonly id: number;
  readonly tone: ToastTone;
  readonly text: string;
  readonly action: ToastAction | null;
  /** How long it stays while nobody points at it, in milliseconds. */
  readonly duration: number;
}

export interface ToastOptions {
  readonly action?: ToastAction;
  readonly duration?: number;
}

const USUAL_MS = 5000;
/** More than these at once hide the screen; the oldest goes. */
const MOST = 4;

export const useToasts = create<{ readonly toasts: readonly Toast[] }>(() => ({ toasts: [] }));

let last = 0;

function show(tone: ToastTone, text: string, { action, duration = USUAL_MS }: ToastOptions = {}): number {
  last += 1;
  const one: Toast = { id: last, tone, text, action: action ?? null, duration };
  // The same words twice would read like two mishaps.
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.filter((other) => other.text !== text || other.action !== null), one].slice(-MOST) }));
  return last;
}

export function dismissToast(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((one) => one.id !== id) }));
}

/** Says something that has no place on the screen: `toast(words)`, `toast.success`, `toast.error`. Gives its number. */
export const toast = Object.assign((text: string, options?: ToastOptions): number => show("plain", text, options), {
  success: (text: string, options?: ToastOptions): void => { show("success", text, options); },
  error: (text: string, options?: ToastOptions): void => { show("error", text, options); },
});
