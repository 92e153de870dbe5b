import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setUpWords } from "@/i18n/i18n";
import { later } from "./later";
import { useToasts } from "./toast";

function Panel({ name }: { readonly name: string }) {
  return <p>panel of {name}</p>;
}

beforeEach(async () => { await setUpWords(); useToasts.setState({ toasts: [] }); });
afterEach(cleanup);

it("comes when it is first shown, and is there at once the next time", async () => {
  const load = vi.fn(() => Promise.resolve(Panel));
  const Part = later(load, <i>coming</i>);
  const { unmount } = render(<Part name="Ada" />);
  expect(screen.getByText("coming")).toBeTruthy();
  expect(await screen.findByText("panel of Ada")).toBeTruthy();
  unmount();
  render(<Part name="Bo" />);
  expect(screen.getByText("panel of Bo")).toBeTruthy();
  expect(load).toHaveBeenCalledOnce();
});

it("stays out without a line and says so, and comes when there is one again", async () => {
  let line = false;
  const Part = later(() => (line ? Promise.resolve(Panel) : Promise.reject(new TypeError("no line"))));
  render(<main>the rest <Part name="Ada" /></main>);
  await vi.waitFor(() => { expect(useToasts.getState().toasts.map((toast) => toast.tone)).toEqual(["error"]); });
  expect(screen.getByText(/the rest/)).toBeTruthy();
  line = true;
  act(() => { window.dispatchEvent(new Event("online")); });
  expect(await screen.findByText("panel of Ada")).toBeTruthy();
});

it("can be fetched before", async () => {
  const Part = later(() => Promise.resolve(Panel));
  await Part.warm();
  render(<Part name="Ada" />);
  expect(screen.getByText("panel of Ada")).toBeTruthy();
});
