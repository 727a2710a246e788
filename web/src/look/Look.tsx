import "./base.css";
import "@mantine/core/styles.layer.css";
import "./variables.css";
import { MantineProvider } from "@mantine/core";
import type { ReactNode } from "react";
import { theme } from "./theme.ts";

/**
 * Gives all that stands in it Diptych's look: put it once around the page. Makes no style elements at run time, so that a
 * page with `style-src 'self'` shows all of it.
 */
export function Look({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      {children}
    </MantineProvider>
  );
}
