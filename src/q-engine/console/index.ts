export { atomLiteral, plainText } from './atom-text.ts';
export type { DisplayOptions } from './cells.ts';
export { display, displayText } from './display.ts';
export { literal } from './literal.ts';
export { floatText } from './numbers.ts';
