/** Makes what is drawn from the palette and the mark: the page's static variables, its icons, and the pictures of the docs. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  convertCssVariables,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  mergeMantineTheme,
} from "@mantine/core";
import { Resvg } from "@resvg/resvg-js";
import { mark, markColours } from "../web/src/look/mark.ts";
import { palette } from "../web/src/look/palette.ts";
import { resolveVariables, theme } from "../web/src/look/theme.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const pagePublic = join(root, "web/public");
const brand = join(root, "docs/brand");
const serif = "Georgia, Liberation Serif, Times New Roman, serif";
const sans = "system-ui, Segoe UI, Liberation Sans, Arial, sans-serif";

const { light, dark } = palette;
const line = "Your medical record: one side stays private, one you share.";

function drawMark(x = 0, y = 0, size: number = mark.size): string {
  const scale = size / mark.size;
  const hinges = mark.hinges.map(
    (hinge) =>
      `<rect x="${hinge.x}" y="${hinge.y}" width="${hinge.width}" height="${hinge.height}" rx="1.6" fill="${markColours.hinge}"/>`,
  );
  return [
    `<g transform="translate(${x} ${y}) scale(${scale})">`,
    `<path d="${mark.private}" fill="${markColours.private}"/>`,
    `<path d="${mark.shared}" fill="${markColours.shared}"/>`,
    `<path d="${mark.keyhole}" fill="${markColours.light}"/>`,
    `<path d="${mark.lines.join("")}" stroke="${markColours.light}" stroke-width="2.2" stroke-linecap="round" fill="none"/>`,
    ...hinges,
    "</g>",
  ].join("");
}

function drawing(width: number, height: number, title: string, ...inside: string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}"><title>${title}</title>${inside.join("")}</svg>\n`;
}

/** An icon that platforms round off or mask: the mark on a plain ground, with air around it. */
function icon(size: number, air: number): string {
  const inner = size * (1 - 2 * air);
  const ground = `<rect width="${size}" height="${size}" fill="${light.paper}"/>`;
  return drawing(size, size, "Diptych", ground, drawMark(size * air, size * air, inner));
}

function banner(colours: typeof light): string {
  const [width, height] = [960, 200];
  const title = `<text x="208" y="104" font-family="${serif}" font-size="68" font-weight="600" fill="${colours.text}">Diptych</text>`;
  const lead = `<text x="210" y="146" font-family="${sans}" font-size="22" fill="${colours.muted}">${line}</text>`;
  return drawing(width, height, `Diptych. ${line}`, drawMark(32, 26, 148), title, lead);
}

/** A panel of the picture that links are shown with: a page of the record, each row a part. */
function panel(x: number, side: "private" | "shared"): string {
  const [width, height, y] = [228, 390, 120];
  const soft = light[`${side}-soft`];
  const rows = [0, 1, 2, 3].map((row) => {
    const top = y + 108 + row * 64;
    return `<rect x="${x + 22}" y="${top}" width="${width - 44}" height="44" rx="8" fill="${light.paper}" stroke="${light[`${side}-line`]}" stroke-width="2"/><rect x="${x + 38}" y="${top + 18}" width="${[110, 84, 130, 96][row]}" height="8" rx="4" fill="${light[side]}" opacity="${side === "private" ? 0.35 : 0.8}"/>`;
  });
  const name = side === "private" ? "Private" : "Shared";
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="16" fill="${soft}" stroke="${light[side]}" stroke-width="3"/><text x="${x + 24}" y="${y + 60}" font-family="${serif}" font-size="34" font-weight="600" fill="${light[`${side}-text`]}">${name}</text>${rows.join("")}`;
}

function shownWithLinks(): string {
  const hinge = (y: number) =>
    `<rect x="903" y="${y}" width="38" height="52" rx="10" fill="${markColours.hinge}"/>`;
  const words = ["Your medical record.", "One side stays private,", "one you share."].map(
    (text, index) =>
      `<text x="84" y="${400 + index * 48}" font-family="${sans}" font-size="34" fill="${light.muted}">${text}</text>`,
  );
  return drawing(
    1200,
    630,
    "Diptych",
    `<rect width="1200" height="630" fill="${light.page}"/>`,
    drawMark(78, 96, 132),
    `<text x="82" y="328" font-family="${serif}" font-size="92" font-weight="600" fill="${light.text}">Diptych</text>`,
    ...words,
    panel(684, "private"),
    panel(932, "shared"),
    hinge(186),
    hinge(392),
  );
}

function png(svg: string, width: number): Uint8Array {
  return new Resvg(svg, {
    fitTo: { mode: "width", value: width },
    font: { loadSystemFonts: true, serifFamily: "Liberation Serif", sansSerifFamily: "Liberation Sans" },
  })
    .render()
    .asPng();
}

function variables(): string {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const theirs = defaultCssVariablesResolver(merged);
  const ours = resolveVariables(merged);
  const tones = (colours: typeof light) =>
    Object.fromEntries(Object.entries(colours).map(([name, colour]) => [`--dp-${name}`, colour]));
  const css = convertCssVariables({
    variables: { ...theirs.variables, ...ours.variables },
    light: { ...theirs.light, ...tones(light), ...ours.light },
    dark: { ...theirs.dark, ...tones(dark), ...ours.dark },
  });
  const broken = css.replace(/([{;])\s*/g, "$1\n  ").replace(/\s*\}\s*/g, "\n}\n\n");
  return `/* Made by scripts/brand.ts from palette.ts and theme.ts: change those. */\n${broken.trim()}\n`;
}

mkdirSync(pagePublic, { recursive: true });
mkdirSync(brand, { recursive: true });
const sheet = join(root, "web/src/look/variables.css");
writeFileSync(sheet, variables());
execFileSync(
  process.execPath,
  [join(root, "node_modules/@biomejs/biome/bin/biome"), "format", "--write", sheet],
  {
    cwd: root,
    stdio: "ignore",
  },
);
writeFileSync(join(pagePublic, "favicon.svg"), drawing(48, 48, "Diptych", drawMark()));
writeFileSync(join(pagePublic, "apple-touch-icon.png"), png(icon(180, 0.12), 180));
writeFileSync(join(pagePublic, "icon-192.png"), png(icon(192, 0.14), 192));
writeFileSync(join(pagePublic, "icon-512.png"), png(icon(512, 0.14), 512));
writeFileSync(join(pagePublic, "og-image.png"), png(shownWithLinks(), 1200));
writeFileSync(join(brand, "mark.svg"), drawing(48, 48, "Diptych", drawMark()));
writeFileSync(join(brand, "banner-light.svg"), banner(light));
writeFileSync(join(brand, "banner-dark.svg"), banner(dark));
