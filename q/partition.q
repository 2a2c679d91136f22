/ q/partition.q
/ purpose: the tables of a database on disk. A version of a table is a directory that is written once and never
/          changed: partitions of a date under versions/DATE/TABLE.N, tables without partitions under
/          versions/all/TABLE.N, where N is the generation that began with it.
/ rules:   rows are enumerated over the root's sym, by sym and start, parted on sym, compressed, synchronised and
/          read back before anybody is told of them.
/ launch:  loaded by q/feed.q

/ globals
/ .part.root         the database, an absolute path
/ .part.identity     what tells it from another that once lay or will lie there
/ .part.segments     directories that hold the partitions: the root, or those of segments.txt in it
/ .part.compression  logical block size, algorithm and level as in .z.zd; empty for none
/ .part.written      versions that were written and are not published
.part.root:"";
.part.identity:0Ng;
.part.segments:();
.part.compression:17 2 6;
.part.written:();

/ @desc   The tables of a database, empty: those that are parted by date, and those that are not. Superseded
/         versions of bars have the same columns as bars.
.part.daily:`agg1s`agg1m`agg1srev`agg1mrev`gap`feedstat!(agg1s;agg1m;agg1s;agg1m;gap;feedstat);
.part.whole:`agg1d`agg1drev`split`dividend!(agg1d;agg1d;split;dividend);
.part.schema:.part.daily,.part.whole;

/ @desc   The table that keeps superseded versions.
.part.revisions:`agg1s`agg1m`agg1d!`agg1srev`agg1mrev`agg1drev;

/ @desc   Tables of reference data: a row is identified by id.
.part.reference:`split`dividend;

/ @desc   Opens a database: its directory, segments and symbols.
/ @param  root     {string} absolute path
/ @param  segments {string} file that lists the segments; there need be none
/ @signal segments if the root is among its segments
.part.open:{[root;segments]
  .part.root:root;
  .part.segments:.part.listed[root;segments];
  .disk.make each .part.segments;
  identity:hsym `$.disk.work,"/identity";
  if[()~key identity;identity set first -1?0Ng];
  .part.identity:get identity;
  .part.loadSymbols[];
  };

/ @desc   The directories that a file lists, one a line; the root where there is no such file.
.part.listed:{[root;file]
  lines:$[.disk.exists file;trim each read0 hsym `$file;()];
  lines:lines where 0<count each lines;
  if[0=count lines;:enlist root];
  folders:.disk.path each lines;
  if[root in folders;'"segments: the root cannot be one of its segments; ",file," lists it"];
  folders
  };

/ @desc   Reads the symbols. A name that a crash or a full disk cut short has no end mark, and nothing refers to it:
/         it is cut off, so that the next name is not glued to it.
.part.loadSymbols:{[]
  file:hsym `$path:.part.root,"/sym";
  if[()~key file;file set `symbol$()];
  size:hcount file;
  tail:read1(file;0|size-4096;size&4096);
  if[not 0x00=last tail;
    keep:(size-count tail)+1+last where 0x00=tail;
    -2 "sym: cut ",string[size-keep]," bytes of a name that was not wholly written";
    system"truncate -s ",string[keep]," ",path];
  load file;
  };

/ @desc   Symbols as the database holds them; new ones are added to it.
/ @param  names {symbol[]}
/ @return {symbol[]} enumerated over sym
.part.enumerate:{[names] .Q.en[hsym `$.part.root;([]name:names)]`name};

/ @desc   The directory in which a partition lies; whole tables lie in the root.
.part.segment:{[date] $[null date;.part.root;.part.segments(`int$date) mod count .part.segments]};

/ @desc   The directory of a table's version.
/ @param  table   {symbol}
/ @param  date    {date} null for a table without partitions
/ @param  version {long}
/ @return {string}
.part.path:{[table;date;version]
  folder:$[null date;"all";string date];
  "/" sv (.part.area .part.segment date;"versions";folder;string[table],".",string version)
  };

/ @desc   The directory beside a segment's partitions in which versions are written: the segment itself, unless it
/         holds nothing but partitions (q/plain.q).
.part.area:{[segment] segment};

/ @desc   Rows of a version, as they lie on disk.
/ @param  table {symbol}
/ @param  path  {string} of the version; empty for none
/ @return {table} its symbols enumerated
.part.read:{[table;path]
  $[count path;select from get hsym `$path,"/";.Q.en[hsym `$.part.root] .part.schema table]
  };

/ @desc   Writes a version and reads it back.
/ @param  table   {symbol}
/ @param  date    {date}
/ @param  version {long}
/ @param  rows    {table} enumerated, equal syms together
/ @return {string} its directory
/ @signal verify if what is on disk is not what was written
.part.write:{[table;date;version;rows]
  path:.part.path[table;date;version];
  .disk.remove enlist path;
  .part.written,:enlist path;
  directory:hsym `$path,"/";
  parted:@[rows;`sym;`p#];
  $[count .part.compression;(directory,.part.compression) set parted;directory set parted];
  .part.verify[directory;parted];
  folders:{[path] "/" sv -1_"/" vs path}\[3;path];
  .disk.run enlist .disk.sync (path,"/.d";path,"/*"),folders,enlist .part.root,"/sym";
  path
  };

/ @desc   Compares a version on disk with the rows that were written.
.part.verify:{[directory;rows]
  written:get directory;
  if[not cols[rows]~cols written;'"verify: ",string[directory]," has other columns"];
  differ_:{[rows;written;name] not rows[name]~written name}[rows;written];
  if[any wrong:differ_ each cols rows;
    '"verify: ",string[directory]," has other values in ",", " sv string cols[rows] where wrong];
  if[not `p=attr written`sym;'"verify: ",string[directory]," is not parted"];
  };

/ @desc   Removes what was written and will not be published.
.part.discard:{[] .disk.remove .part.written;.part.written:();};
