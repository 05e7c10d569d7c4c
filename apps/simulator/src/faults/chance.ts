/** A number from 0 up to 1 that depends on nothing but its text: the same plan strikes the same calls again. */
export function chance(text: string): number {
  return hash(text) / 4_294_967_296;
}

/** FNV-1a, then MurmurHash3's finish: neighbouring texts end far apart. */
function hash(text: string): number {
  let value = 2_166_136_261;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 16_777_619);
  value = Math.imul(value ^ (value >>> 16), 2_246_822_507);
  value = Math.imul(value ^ (value >>> 13), 3_266_489_909);
  return (value ^ (value >>> 16)) >>> 0;
}
