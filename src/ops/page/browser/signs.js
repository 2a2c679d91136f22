/** The signs of severity: a shape of its own for each, so that nobody needs to see the colour. Of a square of 20. */

/** @typedef {'good' | 'warning' | 'bad'} Severity */

/** The outline, which is filled, and the mark in it. @type {Readonly<Record<Severity, readonly [string, string]>>} */
export const SIGNS = {
  good: ['M10 1a9 9 0 1 1 0 18a9 9 0 0 1 0-18z', 'M6 10.4l2.8 2.8l5.4-6'],
  warning: ['M10 1.6l9 16.4h-18z', 'M10 7.4v5M10 14.9v.3'],
  bad: ['M6.3 1h7.4l5.3 5.3v7.4l-5.3 5.3h-7.4l-5.3-5.3v-7.4z', 'M6.8 6.8l6.4 6.4M13.2 6.8l-6.4 6.4'],
};

/** The same for who hears the page. @type {Readonly<Record<Severity, string>>} */
export const SIGN_WORDS = { good: 'Good', warning: 'Warning', bad: 'Bad' };
