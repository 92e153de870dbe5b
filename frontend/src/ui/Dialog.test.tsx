import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it } from "vitest";
import { setUpWords } from "@/i18n/i18n";
import { Dialog } from "./Dialog";

afterEach(cleanup);

function Page({ gone }: { readonly gone: boolean }) {
  const [open, setOpen] = useState(false);
  const dialog = <Dialog open={open} onClose={() => { setOpen(false); }} title="Share"><input aria-label="words" /></Dialog>;
  return (
    <>
      <button type="button" onClick={() => { setOpen(true); }}>Open</button>
      {gone && !open ? null : dialog}
    </>
  );
}

it.each([[false], [true]])("gives the keyboard back to what opened it; taken out of the page at once: %s", async (gone) => {
  await setUpWords();
  render(<Page gone={gone} />);
  const opener = screen.getByRole("button", { name: "Open" });
  opener.focus();
  fireEvent.click(opener);
  const dialog = await screen.findByRole("dialog", { name: "Share" });
  await waitFor(() => { expect(dialog.contains(document.activeElement)).toBe(true); });
  fireEvent.keyDown(dialog, { key: "Escape" });
  await waitFor(() => { expect(screen.queryByRole("dialog")).toBeNull(); });
  await waitFor(() => { expect(document.activeElement).toBe(opener); });
});
