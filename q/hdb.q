/ q/hdb.q
/ purpose: a reader of the database: loads each generation as the loader publishes it, between two queries, and says
/          so, so that what it reads is not removed under it.
/ flow:    q/feed.q -> (`.hdb.publish;N) -> here: load generation N, acknowledge
/ launch:  q q/hdb.q -root /data/hdb/stocks -loader :5013 -name reader1 -p 5012
/          massive-kdb q q/hdb.q -root /data/hdb/stocks -loader :5013 -name reader1 -p 5012
/ rules:   while the loader is away this process goes on with what it holds; once it has been away for half a lease,
/          it looks for a newer generation itself before each query.

.hdb.folder:1_string first ` vs hsym .z.f;
.hdb.load:{[script] system"l ",$[count .hdb.folder;.hdb.folder;"."],"/",script};
.hdb.load each ("schema.q";"calendar.q";"reference.q";"disk.q";"bars.q");

/ globals
/ .hdb.root        the database, an absolute path
/ .hdb.generation  what is loaded; null before the first
/ .hdb.handle      connection to the loader; null while it is away
/ .hdb.heard       when the loader was last connected
/ .hdb.lease       how long the loader keeps what a reader that is away holds: the loader says so
.hdb.generation:0N;
.hdb.handle:0Ni;
.hdb.heard:.z.p;
.hdb.lease:0D00:01;

/ @desc   Loads a generation. Its files are opened by later queries, so it has to stay until the next is loaded.
.hdb.open:{[generation]
  system"l ",.hdb.root,"/generations/",string generation;
  .hdb.generation:generation;
  };

/ @desc   Called by the loader: there is a new generation.
.hdb.publish:{[generation]
  if[not generation~.hdb.generation;.hdb.open generation];
  neg[.z.w](`.lease.acknowledge;generation);
  };

/ @desc   The generation that holds, as the disk has it; null where there is none.
.hdb.current:{[] "J"$last "/" vs .disk.target .hdb.root,"/current"};

/ @desc   Connects to the loader and loads what it says.
.hdb.register:{[]
  handle:@[hopen;(.hdb.loader;1000);0Ni];
  if[null handle;:()];
  answer:@[handle;(`.lease.register;.hdb.name;.hdb.generation);{-2 "the loader refused: ",x;()}];
  if[()~answer;hclose handle;:()];
  .hdb.handle:handle;
  .hdb.lease:answer`lease;
  if[not .hdb.generation~answer`generation;.hdb.open answer`generation];
  neg[handle](`.lease.acknowledge;.hdb.generation);
  };

/ @desc   Looks for a newer generation where nobody says that there is one.
.hdb.refresh:{[]
  if[not null .hdb.handle;:()];
  if[.z.p<.hdb.heard+`timespan$.hdb.lease%2;:()];
  current:.hdb.current[];
  if[not null[current]|current~.hdb.generation;.hdb.open current];
  };

/ @desc   Reads the options, loads the database and goes to the loader.
/ @signal usage, path
.hdb.start:{[]
  options:.Q.opt .z.x;
  if[not `root in key options;'"usage: q q/hdb.q -root DIRECTORY [-loader HOST:PORT] [-name NAME] -p PORT"];
  .hdb.root:.disk.path first options`root;
  .hdb.name:`$$[`name in key options;first options`name;string[.z.h],".",string system"p"];
  .hdb.loader:$[`loader in key options;`$":",first options`loader;`];
  if[not null .hdb.loader;.hdb.register[]];
  if[null .hdb.generation;if[not null current:.hdb.current[];.hdb.open current]];
  if[null .hdb.generation;-2 "no generation in ",.hdb.root," yet: the tables are empty"];
  };

.z.pg:{[query] .hdb.refresh[];value query};
.z.pc:{[closed] if[closed~.hdb.handle;.hdb.handle:0Ni;.hdb.heard:.z.p];};
.z.ts:{[now] if[(null .hdb.handle)&not null .hdb.loader;.hdb.register[]];};
@[.hdb.start;::;{[failed] -2 failed;exit $[failed like "usage*";64;failed like "path*";78;74]}];
if[not system"t";system"t 1000"];
