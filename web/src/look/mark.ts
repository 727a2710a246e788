/** The mark: two panels that a gilt hinge holds together; one has a keyhole, one can be read. On a square of 48 units. */
export const mark = {
  size: 48,
  private: "M3 10.5 22 6v36L3 37.5Z",
  shared: "M45 10.5 26 6v36l19-4.5Z",
  keyhole: "M12.5 19a3.4 3.4 0 0 1 1.6 6.4l1 5.3-5.2-.6 1-4.9A3.4 3.4 0 0 1 12.5 19Z",
  lines: ["M30.5 16.4 40.5 18.3", "M30.5 24h10", "M30.5 31.6 37.5 30.3"],
  hinges: [
    { x: 20.5, y: 12, width: 7, height: 6 },
    { x: 20.5, y: 30, width: 7, height: 6 },
  ],
} as const;

/** The colours of the mark, the same on light and dark grounds. */
export const markColours = {
  private: "#6445a8",
  shared: "#0b7d71",
  hinge: "#d09a35",
  light: "#ffffff",
} as const;
