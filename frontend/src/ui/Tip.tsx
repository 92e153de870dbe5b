import { useEffect, useLayoutEffect, useRef, useState } from "react";

/** What has a tip says so in `data-tip`; one place shows them all. */
const WITH_TIP = "[data-tip]";
const WAIT_MS = 400;
/** Whoever has just read a tip waits for no other. */
const WARM_MS = 300;
/** The way from a control to its tip leads over nothing. */
const LEAVE_MS = 150;
const GAP = 6;
const MARGIN = 8;

interface Shown {
  readonly text: string;
  readonly of: Element;
}

interface Spot {
  readonly left: number;
  readonly top: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Above what it belongs to, below where there is no room, and never off the screen's side. */
export function placeTip(of: DOMRectReadOnly, tip: Size, screen: Size): Spot {
  const middle = of.left + of.width / 2 - tip.width / 2;
  const above = of.top - GAP - tip.height;
  return {
    left: Math.round(Math.max(MARGIN, Math.min(middle, screen.width - MARGIN - tip.width))),
    top: Math.round(above < MARGIN ? of.bottom + GAP : above),
  };
}

function tipOf(target: EventTarget | null): Shown | null {
  const of = target instanceof Element ? target.closest(WITH_TIP) : null;
  const text = of?.getAttribute("data-tip") ?? "";
  return of === null || text === "" ? null : { of, text };
}

/** Follows the pointer and the keyboard, and says whose tip is to be seen. */
function follow(show: (shown: Shown | null) => void): () => void {
  const control = new AbortController();
  const options = { signal: control.signal, capture: true, passive: true } as const;
  let shown: Shown | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let left = -WARM_MS;
  const set = (next: Shown | null): void => {
    clearTimeout(timer);
    if (shown !== null && next === null) left = performance.now();
    shown = next;
    show(next);
  };
  const later = (next: Shown | null, ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => { set(next); }, ms);
  };
  const over = (event: PointerEvent): void => {
    if (event.pointerType === "touch") return;
    const next = tipOf(event.target);
    if (next?.of === shown?.of || (event.target instanceof Element && event.target.closest(".tip") !== null)) {
      clearTimeout(timer);
      return;
    }
    if (next === null) later(null, LEAVE_MS);
    else if (shown !== null || performance.now() - left < WARM_MS) set(next);
    else later(next, WAIT_MS);
  };
  const hide = (): void => { if (shown === null) clearTimeout(timer); else set(null); };
  window.addEventListener("pointerover", over, options);
  window.addEventListener("pointerdown", hide, options);
  window.addEventListener("wheel", hide, options);
  window.addEventListener("resize", hide, options);
  document.documentElement.addEventListener("pointerleave", () => { later(null, LEAVE_MS); }, { signal: control.signal });
  window.addEventListener("focusin", (event) => {
    const next = tipOf(event.target);
    if (next?.of.matches(":focus-visible") === true) set(next);
  }, options);
  window.addEventListener("focusout", (event) => { if (shown !== null && tipOf(event.target)?.of === shown.of) set(null); }, options);
  window.addEventListener("keydown", (event) => {
    if (shown === null) return;
    // It goes alone: what is open beneath stays open.
    if (event.key === "Escape") event.preventDefault();
    if (event.key === "Escape" || !shown.of.isConnected) set(null);
  }, { signal: control.signal, capture: true });
  return () => { clearTimeout(timer); control.abort(); };
}

/** The words on hover and keyboard focus of everything that has some: they stay while hovered, and go with Escape. */
export function Tips() {
  const [shown, setShown] = useState<Shown | null>(null);
  const [spot, setSpot] = useState<Spot | null>(null);
  const tip = useRef<HTMLDivElement>(null);
  useEffect(() => follow(setShown), []);
  useLayoutEffect(() => {
    if (shown === null || tip.current === null) return;
    setSpot(placeTip(shown.of.getBoundingClientRect(), tip.current.getBoundingClientRect(), { width: window.innerWidth, height: window.innerHeight }));
  }, [shown]);
  if (shown === null) return null;
  return <div ref={tip} role="tooltip" className="tip" style={spot ?? { left: 0, top: 0, visibility: "hidden" }}>{shown.text}</div>;
}
