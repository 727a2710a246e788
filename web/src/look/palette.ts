/**
 * The colours of Diptych, once, for the page, its icons and the pictures in the docs. Each text colour has a contrast of
 * at least 4.5 on each ground it stands on (WCAG 2.2, 1.4.3); a test computes it.
 */

/** What a colour is for. Each becomes the CSS variable `--dp-NAME`. */
export type Tone =
  | "page"
  | "paper"
  | "raised"
  | "line"
  | "line-strong"
  | "text"
  | "muted"
  | "link"
  | "focus"
  | "hinge"
  | "private"
  | "private-soft"
  | "private-line"
  | "private-text"
  | "shared"
  | "shared-soft"
  | "shared-line"
  | "shared-text"
  | "good"
  | "good-soft"
  | "warn"
  | "warn-soft"
  | "bad"
  | "bad-soft";

/** Violet for what stays closed, green for what is shared, gilt for the hinge between them. */
export const palette: Record<"light" | "dark", Record<Tone, string>> = {
  light: {
    page: "#f3f4f8",
    paper: "#ffffff",
    raised: "#ffffff",
    line: "#d5d9e2",
    "line-strong": "#7d8698",
    text: "#1b2130",
    muted: "#515b6e",
    link: "#21508f",
    focus: "#1d5fbf",
    hinge: "#b07d1e",
    private: "#54358c",
    "private-soft": "#f2eefa",
    "private-line": "#b8a6dc",
    "private-text": "#432a73",
    shared: "#0a6a60",
    "shared-soft": "#e6f4f1",
    "shared-line": "#8fc7bd",
    "shared-text": "#07564e",
    good: "#1c6b3a",
    "good-soft": "#e7f5ec",
    warn: "#7a4f00",
    "warn-soft": "#fdf3dc",
    bad: "#a8232b",
    "bad-soft": "#fcebec",
  },
  dark: {
    page: "#12151c",
    paper: "#1a1e28",
    raised: "#232937",
    line: "#343c4c",
    "line-strong": "#7f8aa3",
    text: "#e9ecf3",
    muted: "#aab3c4",
    link: "#8fbaf5",
    focus: "#8fbaf5",
    hinge: "#d9a94a",
    private: "#c3aef2",
    "private-soft": "#282040",
    "private-line": "#6a56a6",
    "private-text": "#d9cbf9",
    shared: "#6fd3c3",
    "shared-soft": "#12302d",
    "shared-line": "#35786f",
    "shared-text": "#a5e6da",
    good: "#7fd49b",
    "good-soft": "#16301f",
    warn: "#f0c36b",
    "warn-soft": "#33280f",
    bad: "#ff9a9a",
    "bad-soft": "#3a1b1e",
  },
};

/** Ten steps each, light to dark, for what Mantine draws: buttons and fields, and what warns of loss. */
export const ramps = {
  ink: [
    "#eef3fa",
    "#d9e4f3",
    "#b3c8e6",
    "#8aabd8",
    "#6690cb",
    "#4a7bc0",
    "#2f66ae",
    "#21508f",
    "#193e70",
    "#122c50",
  ],
  /** Mantine's dark grounds and borders, in our hue. */
  dark: [
    "#e9ecf3",
    "#ccd2de",
    "#aab3c4",
    "#939db2",
    "#7f8aa3",
    "#343c4c",
    "#232937",
    "#1a1e28",
    "#12151c",
    "#0c0e13",
  ],
  red: [
    "#fcebec",
    "#f7cfd1",
    "#eea5a9",
    "#e47b81",
    "#d9565d",
    "#cf434b",
    "#bf353d",
    "#a8232b",
    "#87191f",
    "#621115",
  ],
} as const;
