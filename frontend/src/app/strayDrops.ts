/** A file that is let go where nothing takes it would be opened by the browser in place of the page, with all that is not saved yet. */
export function keepStrayDrops(target: EventTarget): void {
  for (const kind of ["dragover", "drop"] as const) {
    target.addEventListener(kind, (event) => {
      if (event instanceof DragEvent && event.dataTransfer?.types.includes("Files") === true) event.preventDefault();
    });
  }
}
