import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show, SOMEBODY } from "@/app/testScreen";
import { ME } from "./useMe";
import { SignInScreen } from "./SignInScreen";

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

function signIn(): void {
  fireEvent.change(screen.getByLabelText("Name"), { target: { value: "ada" } });
  fireEvent.change(screen.getByLabelText("Password"), { target: { value: "correct horse" } });
  fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

it("sends what was typed, and knows who that is afterwards", async () => {
  const asked = serve({ "POST /auth/login": SOMEBODY });
  const { cache } = await show(<SignInScreen />, { at: "/in", path: "/in" });
  signIn();
  await waitFor(() => { expect(cache.getQueryData(ME)).toMatchObject({ username: "ada" }); });
  expect(asked).toEqual([{ method: "POST", path: "/auth/login", body: { username: "ada", password: "correct horse" } }]);
});

it("says in words why it did not work, and keeps the name", async () => {
  serve({ "POST /auth/login": () => new Response(JSON.stringify({ code: "log_in_failed" }), { status: 403 }) });
  await show(<SignInScreen />, { at: "/in", path: "/in" });
  signIn();
  expect((await screen.findByRole("alert")).textContent).toBe("The name or the password is wrong.");
  expect((screen.getByLabelText("Name") as HTMLInputElement).value).toBe("ada");
});

it("lets password managers fill it", async () => {
  await show(<SignInScreen />);
  expect(screen.getByLabelText("Name").getAttribute("autocomplete")).toBe("username");
  expect(screen.getByLabelText("Password").getAttribute("autocomplete")).toBe("current-password");
});
