import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show, SOMEBODY } from "@/app/testScreen";
import { ProjectPeople } from "./ProjectPeople";

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const ME = { ...SOMEBODY, mode: "team" };
const OWNER = { user_id: "1", username: "ada", role: "owner" };
const BOB = { user_id: "2", username: "bob", role: "editor" };
const nothing = () => undefined;

it("is nowhere to be seen in a studio without accounts", async () => {
  const asked = serve({ "GET /me": SOMEBODY });
  await show(<ProjectPeople projectId="p" onLeft={nothing} />);
  await waitFor(() => { expect(asked.map((one) => one.path)).toContain("/me"); });
  expect(screen.queryByRole("heading")).toBeNull();
  expect(asked.some((one) => one.path.endsWith("/members"))).toBe(false);
});

it("lets people in, changes what they may do, and takes them out", async () => {
  let list = [OWNER, BOB];
  const cleo = { user_id: "3", username: "cleo", role: "viewer" };
  const asked = serve({ "GET /me": ME, "GET /projects/p/members": () => list, "POST /projects/p/members": () => { list = [OWNER, BOB, cleo]; return list; }, "PATCH /projects/p/members/2": [], "DELETE /projects/p/members/2": {} });
  await show(<ProjectPeople projectId="p" onLeft={nothing} />);
  fireEvent.change(await screen.findByLabelText("What bob may do"), { target: { value: "viewer" } });
  fireEvent.change(screen.getByLabelText("User name"), { target: { value: " cleo " } });
  fireEvent.click(screen.getByRole("radio", { name: "Look" }));
  fireEvent.click(screen.getByRole("button", { name: "Let in" }));
  expect(await screen.findByText("cleo")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Remove bob" }));
  await waitFor(() => { expect(asked.some((one) => one.method === "DELETE")).toBe(true); });
  expect(asked.filter((one) => one.body !== null).map((one) => one.body)).toEqual([{ role: "viewer" }, { username: "cleo", role: "viewer" }]);
});

it("gives a project away only when it was asked for twice", async () => {
  const asked = serve({ "GET /me": ME, "GET /projects/p/members": [OWNER, BOB], "POST /projects/p/owner": [BOB, OWNER] });
  await show(<ProjectPeople projectId="p" onLeft={nothing} />);
  fireEvent.click(await screen.findByRole("button", { name: "Make owner: bob" }));
  expect(asked.some((one) => one.method === "POST")).toBe(false);
  expect(screen.getByText(/bob will own the project/)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Pass it on" }));
  await waitFor(() => { expect(asked.find((one) => one.method === "POST")?.body).toEqual({ user_id: "2" }); });
});

it("shows who does not own it no more than the way out", async () => {
  const left = vi.fn();
  serve({ "GET /me": { ...ME, id: "2" }, "GET /projects/p/members": [OWNER, BOB], "DELETE /projects/p/members/2": {} });
  await show(<ProjectPeople projectId="p" onLeft={left} />);
  fireEvent.click(await screen.findByRole("button", { name: "Leave the project" }));
  await waitFor(() => { expect(left).toHaveBeenCalledOnce(); });
  expect(screen.queryByLabelText("User name")).toBeNull();
  expect(screen.queryByRole("combobox")).toBeNull();
});

it("says that nobody is called so", async () => {
  serve({ "GET /me": ME, "GET /projects/p/members": [OWNER], "POST /projects/p/members": () => new Response(JSON.stringify({ code: "unknown_user" }), { status: 400 }) });
  await show(<ProjectPeople projectId="p" onLeft={nothing} />);
  fireEvent.change(await screen.findByLabelText("User name"), { target: { value: "zoe" } });
  fireEvent.click(screen.getByRole("button", { name: "Let in" }));
  expect((await screen.findByRole("alert")).textContent).toContain("There is nobody of that name.");
});
