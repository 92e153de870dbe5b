import type { ComponentType } from "react";
import { createBrowserRouter } from "react-router";
import { needWords } from "@/i18n/i18n";
import type { Part } from "@/i18n/i18n";
import { Broken } from "./Broken";
import { Frame } from "./Frame";
import { NotFound } from "./NotFound";
import { Open } from "./Open";

/** A screen and the words that it says, fetched side by side. */
function screen(load: () => Promise<ComponentType>, ...parts: readonly Part[]) {
  return async (): Promise<{ readonly Component: ComponentType }> => {
    const [Component] = await Promise.all([load(), needWords("shell", ...parts)]);
    return { Component };
  };
}

/** What stands there until the first screen has come: the page's own ground, for a moment, and nothing that would flash up. */
const COMING = <div className="page" aria-busy />;

/** Screens come when they are first wanted; the shell is there at once. */
export const router = createBrowserRouter([
  {
    element: <Frame />,
    errorElement: <Broken />,
    hydrateFallbackElement: COMING,
    children: [
      { index: true, lazy: screen(async () => (await import("@/projects/HomeScreen")).HomeScreen, "home") },
      { path: "p/:projectId", lazy: screen(async () => (await import("@/canvas/CanvasScreen")).CanvasScreen, "tree") },
      { path: "p/:projectId/film/:filmId", lazy: screen(async () => (await import("@/film/FilmScreen")).FilmScreen, "tree", "pages") },
      { path: "library", lazy: screen(async () => (await import("@/library/LibraryScreen")).LibraryScreen, "pages") },
      { path: "queue", lazy: screen(async () => (await import("@/queue/QueueScreen")).QueueScreen, "tree", "pages") },
      { path: "settings", lazy: screen(async () => (await import("@/settings/SettingsScreen")).SettingsScreen, "pages") },
      { path: "studio", lazy: screen(async () => (await import("@/studio/StudioScreen")).StudioScreen, "studio") },
      { path: "*", element: <NotFound /> },
    ],
  },
  {
    element: <Open />,
    errorElement: <Broken />,
    hydrateFallbackElement: COMING,
    children: [
      { path: "s/:secret", lazy: screen(async () => (await import("@/share/ShareScreen")).ShareScreen, "pages") },
      { path: "login", lazy: screen(async () => (await import("@/session/SignInScreen")).SignInScreen, "pages") },
      { path: "invitation/:secret", lazy: screen(async () => (await import("@/session/InvitationScreen")).InvitationScreen, "pages") },
    ],
  },
]);
