import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { queryClient } from "@/api/queryClient";
import { setUpWords } from "@/i18n/i18n";
import { LiveRegion } from "@/ui/LiveRegion";
import { TipProvider } from "@/ui/Tip";
import { Toaster } from "sonner";
import { router } from "./routes";
import "@/styles/index.css";

setUpWords();

const root = document.getElementById("root");
if (root === null) throw new Error("the page must have an element called root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <TipProvider>
        <RouterProvider router={router} />
        <LiveRegion />
        <Toaster position="bottom-center" theme="system" closeButton />
      </TipProvider>
    </QueryClientProvider>
  </StrictMode>,
);
