import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { queryClient } from "@/api/queryClient";
import { needWords } from "@/i18n/i18n";
import { applySettings, lastLook } from "@/session/preferences";
import { LiveRegion } from "@/ui/LiveRegion";
import { Tips } from "@/ui/Tip";
import { Toasts } from "@/ui/Toasts";
import { router } from "./routes";
import { beginAnewWhenFilesAreGone } from "./staleFiles";
import { keepStrayDrops } from "./strayDrops";
import "@/styles/index.css";

const root = document.getElementById("root");
if (root === null) throw new Error("the page must have an element called root");
// Before the first picture, so that no other theme flashes up.
applySettings(lastLook())();
keepStrayDrops(window);
beginAnewWhenFilesAreGone();
const page = createRoot(root);
// The router has begun to load the screen; the words come beside it.
await needWords("shell");
page.render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
      <LiveRegion />
      <Toasts />
      <Tips />
    </QueryClientProvider>
  </StrictMode>,
);
