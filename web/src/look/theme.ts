/** Mantine in Diptych's colours, type and measures. The static style sheet variables.css is made from it (scripts/brand.ts). */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";
import { palette, ramps } from "./palette.ts";

const sans =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif, "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji"';
const serif = 'ui-serif, Georgia, Cambria, "Noto Serif", "Liberation Serif", "Times New Roman", serif';

/** Fonts of the reader's own system, nothing to load; a leaflet's serif for headings. */
export const theme = createTheme({
  primaryColor: "ink",
  primaryShade: { light: 7, dark: 6 },
  colors: {
    ink: [...ramps.ink] as unknown as MantineColorsTuple,
    dark: [...ramps.dark] as unknown as MantineColorsTuple,
    red: [...ramps.red] as unknown as MantineColorsTuple,
  },
  white: "#ffffff",
  black: palette.light.text,
  fontFamily: sans,
  headings: {
    fontFamily: serif,
    fontWeight: "600",
    textWrap: "balance",
    sizes: {
      h1: { fontSize: "1.75rem", lineHeight: "1.2" },
      h2: { fontSize: "1.3125rem", lineHeight: "1.3" },
      h3: { fontSize: "1.0625rem", lineHeight: "1.4" },
    },
  },
  defaultRadius: "md",
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    // Large enough for fingers; base.css makes them 44 px.
    Button: { defaultProps: { size: "md" } },
    TextInput: { defaultProps: { size: "md" } },
    PasswordInput: { defaultProps: { size: "md" } },
    NativeSelect: { defaultProps: { size: "md" } },
    Textarea: { defaultProps: { size: "md", autosize: false } },
    ActionIcon: { defaultProps: { size: 44, variant: "subtle" } },
  },
});

/** What of Mantine's own colours falls short of the contrast that we want, replaced by ours. */
export const resolveVariables: CSSVariablesResolver = () => {
  const own = {
    "--mantine-color-text": "var(--dp-text)",
    "--mantine-color-body": "var(--dp-page)",
    "--mantine-color-dimmed": "var(--dp-muted)",
    "--mantine-color-placeholder": "var(--dp-muted)",
    "--mantine-color-anchor": "var(--dp-link)",
    "--mantine-color-error": "var(--dp-bad)",
    "--mantine-color-success": "var(--dp-good)",
    "--mantine-color-default": "var(--dp-raised)",
    "--mantine-color-default-color": "var(--dp-text)",
    "--mantine-color-default-border": "var(--dp-line-strong)",
    "--mantine-color-ink-text": "var(--dp-link)",
    "--mantine-color-ink-light-color": "var(--dp-link)",
    "--mantine-color-red-text": "var(--dp-bad)",
    "--mantine-color-red-light-color": "var(--dp-bad)",
    "--mantine-primary-color-light-color": "var(--dp-link)",
    "--mantine-color-disabled-color": "var(--dp-muted)",
  };
  // The borders of fields: they have to be seen (WCAG 2.2, 1.4.11).
  return { variables: {}, light: { ...own, "--mantine-color-gray-4": "var(--dp-line-strong)" }, dark: own };
};
