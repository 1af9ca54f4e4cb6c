/**
 * The `index`-th of a row of draws in [0, 1) that one draw stands for: as good as independent of each other, and the same
 * whenever the same draw and index are given.
 * Source: the finaliser of MurmurHash3, https://github.com/aappleby/smhasher (public domain), over Weyl's sequence.
 */
export function drawAt(random: number, index: number): number {
  let bits = Math.floor(random * 0x1_0000_0000) + Math.imul(index + 1, 0x9e3779b9)
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return ((bits ^ (bits >>> 16)) >>> 0) / 0x1_0000_0000
}
