/** Defines every primitive: importing this is what fills the registry. */
import './arithmetic.ts';
import './comparison.ts';
import './aggregates.ts';
import './lists.ts';
import './take-drop.ts';
import './attributes.ts';
import './dictionaries.ts';
import './find-roll.ts';
import './apply-forms.ts';
import './cast.ts';
import './matrix.ts';
import './types.ts';
import './sort-keywords.ts';
import './strings.ts';
import './tables.ts';
import './iterator-keywords.ts';
import './evaluation.ts';
import { alias } from './registry.ts';

alias('and', '&');
alias('or', '|');
