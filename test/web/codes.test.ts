/** Codes in pictures: what the page draws is read again from a photo of it, straight or askew. */
import { expect } from "chai";
import { encodeQR } from "qr";
import { codesIn, type Pixels } from "../../web/src/record/codesIn.ts";

const id = `0x${"ab".repeat(32)}`;
const link = `https://example.org/d/#/requester/find/${encodeURIComponent(`diptych:shared/31339/0x${"Cd".repeat(20)}/${id}`)}`;

type Code = { text: string; x: number; y: number; size: number; angle?: number };

/** A photo of codes on paper: darker to one side, with grain as `noise` has it. */
function photo(width: number, height: number, codes: readonly Code[], noise = 40): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  const drawn = codes.map((code) => ({
    ...code,
    rows: encodeQR(code.text, "raw", { ecc: "medium", border: 4 }),
    cos: Math.cos(code.angle ?? 0),
    sin: Math.sin(code.angle ?? 0),
  }));
  let seed = 1;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let light = 120;
      for (const { rows, cos, sin, size, ...at } of drawn) {
        const across = ((cos * (x - at.x) + sin * (y - at.y)) / size + 0.5) * rows.length;
        const down = ((cos * (y - at.y) - sin * (x - at.x)) / size + 0.5) * rows.length;
        const on = rows[Math.floor(down)]?.[Math.floor(across)];
        if (on !== undefined) light = on ? 40 : 170;
      }
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      const grey = light + (60 * x) / width + (seed / 0x7fffffff - 0.5) * noise;
      data.set([grey, grey, grey, 255], (y * width + x) * 4);
    }
  return { width, height, data };
}

describe("web: codes in a picture", function () {
  this.timeout(20_000);
  const middle = { x: 320, y: 240 };

  for (const [how, size, angle] of [
    ["straight on", 400, 0],
    ["askew", 360, 0.4],
    ["upside down", 300, Math.PI + 0.1],
    ["from afar", 150, 0.2],
  ] as const)
    it(`are read ${how}`, async () => {
      expect(await codesIn(photo(640, 480, [{ text: link, ...middle, size, angle }]))).to.deep.equal([link]);
    });

  it("are all read", async () => {
    const codes = [
      { text: link, x: 160, y: 240, size: 280 },
      { text: `${link}0`, x: 480, y: 240, size: 280 },
    ];
    expect(await codesIn(photo(640, 480, codes))).to.have.members(codes.map(({ text }) => text));
  });

  it("are none where there are none", async () => {
    for (const [width, height, noise] of [
      [640, 480, 40],
      [320, 240, 255],
      [1, 1, 0],
      [3, 400, 0],
    ] as const)
      expect(await codesIn(photo(width, height, [], noise)), `${width} by ${height}`).to.deep.equal([]);
  });

  it("are none where one is cut off", async () => {
    expect(await codesIn(photo(640, 480, [{ text: link, x: 640, y: 240, size: 400 }]))).to.deep.equal([]);
  });
});
