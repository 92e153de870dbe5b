import { cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { serve, show } from "@/app/testScreen";
import { InvitationScreen } from "./InvitationScreen";

afterEach(() => { cleanup(); vi.unstubAllGlobals(); });

const at = { at: "/invitation/secret", path: "/invitation/:secret" };

it("says what happened to one that is gone, what to do, and whom to ask", async () => {
  serve({ "GET /auth/invitations/secret": () => new Response(JSON.stringify({ code: "invitation_gone" }), { status: 404 }) });
  await show(<InvitationScreen />, at);
  expect(await screen.findByRole("heading", { name: "This invitation cannot be used" })).toBeTruthy();
  expect(screen.getByText(/Ask whoever sent it to you/)).toBeTruthy();
  expect(screen.getByRole("link", { name: "Sign in" }).getAttribute("href")).toBe("/login");
});

it("lets somebody try again whom nobody answered", async () => {
  serve({ "GET /auth/invitations/secret": () => new Response(JSON.stringify({ code: "overloaded" }), { status: 503 }) });
  await show(<InvitationScreen />, at);
  expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
  expect(screen.queryByText(/Ask whoever sent it/)).toBeNull();
});

it("asks a person who is invited for a name and a password", async () => {
  serve({ "GET /auth/invitations/secret": { invited_by: "Ada" } });
  await show(<InvitationScreen />, at);
  expect(await screen.findByRole("heading", { name: "Ada invites you to Sceneloom" })).toBeTruthy();
});
