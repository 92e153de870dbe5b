import { createBrowserRouter } from "react-router";
import { Broken } from "./Broken";
import { Frame } from "./Frame";
import { NotFound } from "./NotFound";
import { Open } from "./Open";

/** Screens come when they are first wanted; the shell is there at once. */
export const router = createBrowserRouter([
  {
    element: <Frame />,
    errorElement: <Broken />,
    children: [
      { index: true, lazy: async () => ({ Component: (await import("@/projects/HomeScreen")).HomeScreen }) },
      { path: "p/:projectId", lazy: async () => ({ Component: (await import("@/canvas/CanvasScreen")).CanvasScreen }) },
      { path: "p/:projectId/film/:filmId", lazy: async () => ({ Component: (await import("@/film/FilmScreen")).FilmScreen }) },
      { path: "library", lazy: async () => ({ Component: (await import("@/library/LibraryScreen")).LibraryScreen }) },
      { path: "queue", lazy: async () => ({ Component: (await import("@/queue/QueueScreen")).QueueScreen }) },
      { path: "settings", lazy: async () => ({ Component: (await import("@/settings/SettingsScreen")).SettingsScreen }) },
      { path: "studio", lazy: async () => ({ Component: (await import("@/settings/StudioScreen")).StudioScreen }) },
      { path: "*", element: <NotFound /> },
    ],
  },
  {
    element: <Open />,
    errorElement: <Broken />,
    children: [
      { path: "s/:secret", lazy: async () => ({ Component: (await import("@/share/ShareScreen")).ShareScreen }) },
      { path: "login", lazy: async () => ({ Component: (await import("@/session/SignInScreen")).SignInScreen }) },
      { path: "invitation/:secret", lazy: async () => ({ Component: (await import("@/session/InvitationScreen")).InvitationScreen }) },
    ],
  },
]);
