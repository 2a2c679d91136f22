/ q/merge.q
/ purpose: one version of each bar out of many. A bar is identified by sym and start (one root holds one market).
/ rules:   the later version wins, by time of receipt; of open, high, low, close, volume and trades that of a flat
/          file wins over every other source, received when it may; merging is by column, and a null never erases a
/          value. A version that said something else than the bar that came of it is superseded, not forgotten.
/ launch:  loaded by q/feed.q

/ globals
/ .merge.settled  columns in which a flat file has the last word
/ .merge.known    columns that say which version it was: taken from the winner
.merge.settled:`open`high`low`close`volume`trades;
.merge.known:`time`mkt`src`recv;

/ @desc   Merges versions of bars.
/ @param  versions {table} bars in the columns of the schema, any order, equal times of receipt in order of arrival
/ @return {dict} merged: {table} one row per bar, by sym and start; superseded: {table} the versions that differed
.merge.bars:{[versions]
  ordered:$[.merge.isOrdered versions;versions;`sym`start`recv xasc versions];
  if[0=count ordered;:`merged`superseded!(ordered;ordered)];
  begins:(differ ordered`sym)|differ ordered`start;
  ends:1_begins,1b;
  if[all begins;:`merged`superseded!(ordered;0#ordered)];
  several:not begins&ends;
  merges:.merge.groups[begins where several;ordered where several];
  at:where (several where ends);
  merged:.merge.amend[ordered where ends;at;merges`merged];
  `merged`superseded!(merged;merges`superseded)
  };

/ @desc   Whether bars are by sym and start already, each once: a file's rows are.
.merge.isOrdered:{[bars]
  begins:differ bars`sym;
  if[not count[distinct bars`sym]=sum begins;:0b];
  all begins|bars[`start]>prev bars`start
  };

/ @desc   Replaces rows of a table.
.merge.amend:{[bars;at;rows]
  flip {[at;column;values] @[column;at;:;values]}[at]'[flip bars;flip rows]
  };

/ @desc   Merges groups of versions, each of two or more.
/ @param  begins   {bool[]} where a group begins
/ @param  versions {table}  by sym, start and recv
/ @return {dict} merged: one row per group; superseded: the versions that differ from theirs
.merge.groups:{[begins;versions]
  first_:maxs begins*til count begins;
  last_:where 1_begins,1b;
  bar:-1+sums begins;
  / Within each group a flat file's versions come last.
  ranked:versions iasc (2*bar)+`flat=versions`src;
  winners:ranked last_;
  merged:flip cols[versions]!{[first_;last_;versions;ranked;winners;name]
    $[name in .merge.known;winners name;
      name in `sym`start;winners name;
      .merge.lastValue[first_;last_;$[name in .merge.settled;ranked;versions] name]]
    }[first_;last_;versions;ranked;winners] each cols versions;
  `merged`superseded!(merged;versions where .merge.differs[versions;merged bar])
  };

/ @desc   The last value of each group that is no null.
/ @param  first_ {long[]} for each row, where its group begins
/ @param  last_  {long[]} the last row of each group
/ @param  column {list}   a column
/ @return {list} one value per group
.merge.lastValue:{[first_;last_;column]
  column maxs[?[null column;first_;til count column]] last_
  };

/ @desc   Which versions have a value that the bar of them has not.
.merge.differs:{[versions;merged]
  names:cols[versions] except `sym`start,.merge.known;
  any {[versions;merged;name]
    said:versions name;
    (not null said)&not said=merged name
    }[versions;merged] each names
  };
