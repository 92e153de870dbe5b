import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { show } from "@/app/testScreen";
import { CopyButton } from "./CopyButton";
import { useToasts } from "./toast";

afterEach(() => { cleanup(); vi.unstubAllGlobals(); useToasts.setState({ toasts: [] }); });

const said = (): readonly string[] => useToasts.getState().toasts.map((one) => one.text);

it("copies the value as it is, and says so", async () => {
  const writeText = vi.fn(() => Promise.resolve());
  vi.stubGlobal("navigator", { language: "en", clipboard: { writeText } });
  await show(<CopyButton text="1234567890" label="Copy the seed" />);
  fireEvent.click(screen.getByRole("button", { name: "Copy the seed" }));
  await waitFor(() => { expect(said()).toEqual(["Copied"]); });
  expect(writeText).toHaveBeenCalledWith("1234567890");
});

it("says that it could not where the browser gives no clipboard", async () => {
  vi.stubGlobal("navigator", { language: "en", clipboard: undefined });
  await show(<CopyButton text="1" label="Copy the seed" />);
  fireEvent.click(screen.getByRole("button", { name: "Copy the seed" }));
  await waitFor(() => { expect(said()).toEqual(["This browser let nothing be copied"]); });
});
