/** Columns of text on a terminal, as node_i18n.cc's GetColumnWidth: each code point by itself, sequences are not joined. */
import { eastAsianWidth } from 'get-east-asian-width';

const SOFT_HYPHEN = 0xad;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;

export function stringWidth(text: string, ambiguousAsFullWidth = false): number {
  let width = 0;
  for (const character of text) width += columns(character, ambiguousAsFullWidth);
  return width;
}

function columns(character: string, ambiguousAsWide: boolean): number {
  const code = character.codePointAt(0) as number;
  if (code !== SOFT_HYPHEN && ZERO_WIDTH.test(character)) return 0;
  return EMOJI.test(character) ? 2 : eastAsianWidth(code, { ambiguousAsWide });
}
