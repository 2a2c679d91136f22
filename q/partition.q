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
.part.root:"";
.part.identity:0Ng;
.part.segments:();
.part.compression:17 2 6;

/ @desc   The tables of a database, empty: those that are parted by date, and those that are not. Superseded
/         versions of bars have the same columns as bars.
.part.daily:`agg1s`agg1m`agg1srev`agg1mrev`gap`feedstat!(agg1s;agg1m;agg1s;agg1m;gap;feedstat);
.part.whole:`agg1d`agg1drev!(agg1d;agg1d);
.part.schema:.part.daily,.part.whole;

/ @desc   The table that keeps superseded versions.
.part.revisions:`agg1s`agg1m`agg1d!`agg1srev`agg1mrev`agg1drev;

/ @desc   Opens a database: its directory, segments and symbols.
/ @param  root {string} absolute path
.part.open:{[root]
  .part.root:root;
  .disk.make root;
  listed:root,"/segments.txt";
  .part.segments:$[.disk.exists listed;.disk.path each trim read0 hsym `$listed;enlist root];
  .part.segments:.part.segments where 0<count each .part.segments;
  .disk.make each .part.segments;
  identity:hsym `$root,"/identity";
  if[()~key identity;identity set first -1?0Ng];
  .part.identity:get identity;
  .part.loadSymbols[];
  };

/ @desc   Reads the symbols. A name that a crash cut short has no end mark, and nothing refers to it: it is cut off,
/         so that the next name is not glued to it.
.part.loadSymbols:{[]
  file:hsym `$path:.part.root,"/sym";
  if[()~key file;sym::`symbol$();:()];
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
  "/" sv (.part.segment date;"versions";folder;string[table],".",string version)
  };

/ @desc   Rows of a version, as they lie on disk.
/ @return {table} its symbols enumerated
.part.read:{[table;date;version]
  $[null version;.Q.en[hsym `$.part.root] .part.schema table;select from get hsym `$.part.path[table;date;version],"/"]
  };

/ @desc   Writes a version and reads it back.
/ @param  table   {symbol}
/ @param  date    {date}
/ @param  version {long}
/ @param  rows    {table} enumerated, by sym and start
/ @return {string} its directory
/ @signal verify if what is on disk is not what was written
.part.write:{[table;date;version;rows]
  path:.part.path[table;date;version];
  .disk.remove enlist path;
  directory:hsym `$path,"/";
  parted:@[rows;`sym;`p#];
  $[count .part.compression;(directory,.part.compression) set parted;directory set parted];
  .part.verify[directory;parted];
  .disk.run[enlist .disk.sync (path,"/.d";path,"/*";path;.part.root,"/sym");.part.root];
  path
  };

/ @desc   Compares a version on disk with the rows that were written.
.part.verify:{[directory;rows]
  written:get directory;
  if[not count[rows]=count written;'"verify: ",string[directory]," has another number of rows"];
  if[not cols[rows]~cols written;'"verify: ",string[directory]," has other columns"];
  if[not `p=attr written`sym;'"verify: ",string[directory]," is not parted"];
  if[count rows;
    if[not all {x~y}'[value first rows;value first written],{x~y}'[value last rows;value last written];
      '"verify: ",string[directory]," has other rows"]];
  };
