/ q/merge.q
/ purpose: one version of each bar out of many. A bar is identified by sym and start (one root holds one market).
/ rules:   the later version wins, by time of receipt; of open, high, low, close, volume and trades that of a flat
/          file wins over every other source, received when it may; merging is by column, and a null never erases a
/          value. A version that said something else than the bar that came of it is superseded, not forgotten; one
/          that only repeats the bar changes nothing, so that recv says since when the bar is known as it is.
/          Versions may come in any number of merges as long as these follow their times of receipt: one that comes
/          late is placed by its time against that of the bar, not against each version that the bar was made of. What
/          an earlier merge filled in counts as said by the version that names the bar.
/ launch:  loaded by q/feed.q

/ globals
/ .merge.settled  columns in which a flat file has the last word
/ .merge.known    columns that say which version it was: taken from that by which the bar is as it is
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
  begin:maxs begins*til count begins;
  end:where 1_begins,1b;
  bar:-1+sums begins;
  / Within each group a flat file's versions come last.
  ranked:versions iasc (2*bar)+`flat=versions`src;
  names:cols[versions] except .merge.known;
  columns:{[begin;end;versions;ranked;name]
    $[name in `sym`start;versions[name]end;
      .merge.lastValue[begin;end;$[name in .merge.settled;ranked;versions] name]]
    }[begin;end;versions;ranked] each names;
  values:flip names!columns;
  known:.merge.known#ranked .merge.winners[begin;end;ranked;values bar];
  merged:cols[versions] xcols values,'known;
  `merged`superseded!(merged;versions where .merge.differs[versions;merged bar])
  };

/ @desc   The version by which each bar is as it is: the first after which none of the same rank says anything else,
/         if it says all that the bar does, and otherwise the last.
/ @param  begin  {long[]} for each row, where its group begins
/ @param  end    {long[]} the last row of each group
/ @param  ranked {table}  versions of rising rank
/ @param  bars   {table}  for each row, the bar that came of its group
/ @return {long[]} one row per group
.merge.winners:{[begin;end;ranked;bars]
  row:til count begin;
  bar:-1+sums begin=row;
  whole:all {x[z]=y z}[ranked;bars] each cols[bars] except `sym`start;
  isTop:(`flat=ranked`src)=(`flat=ranked[`src] end) bar;
  spoilt:(maxs ?[.merge.differs[ranked;bars];row;begin-1]) end;
  fits:whole&isTop&row>spoilt bar;
  / Read backwards, the last place that fits is the first.
  firsts:(reverse mins reverse ?[fits;row;0W]) begin end;
  ?[firsts>end;end;firsts]
  };

/ @desc   The last value of each group that is no null.
/ @param  begin  {long[]} for each row, where its group begins
/ @param  end    {long[]} the last row of each group
/ @param  column {list}   a column
/ @return {list} one value per group
.merge.lastValue:{[begin;end;column]
  column maxs[?[null column;begin;til count column]] end
  };

/ @desc   Which versions have a value that the bar of them has not.
.merge.differs:{[versions;merged]
  names:cols[versions] except `sym`start,.merge.known;
  any {[versions;merged;name]
    said:versions name;
    (not null said)&not said=merged name
    }[versions;merged] each names
  };
