/ q/plain.q
/ purpose: publication to a stock HDB, a process that only knows `\l .`: the root is an ordinary directory of
/          partitions. Versions are written beside it, and the HDB itself puts them into their places and reloads,
/          between two of its queries, as one message.
/ flow:    ROOT.work/versions -> journal -> the HDB: ROOT/DATE/TABLE -> ROOT.work/trash, the version -> ROOT/DATE/TABLE,
/          reload -> trash of the time before is removed
/ crash:   the journal is resumed with the next merge or settlement, and renaming what has been renamed does nothing.
/ limits:  one HDB process, on this machine, that may write the directory. Other processes that read it may see half
/          a change, and must not. ROOT.work is on the same file system as ROOT, as is the .work of each segment.
/ launch:  q q/feed.q -root /data/hdb/stocks -market stocks -plain :5012 -p 5013

/ globals
/ .plain.target  the HDB
.plain.target:`;

.plain.area:{[segment] segment,".work"};
.plain.journal:{[] .plain.area[.part.root],"/journal"};
.plain.script:{[] .plain.area[.part.root],"/swap.sh"};

/ @desc   Starts in this way of publication: what no journal names is removed.
/ @param  target {string} HOST:PORT
.plain.start:{[target]
  .plain.target:`$":",target;
  .disk.make each .plain.area each .part.segments;
  if[.disk.exists .plain.journal[];:()];
  .disk.remove (.plain.area each .part.segments),\:"/versions";
  };

/ @desc   Versions are named by the time.
.plain.next:{[] `long$.z.p};

/ @desc   The directory of a table as it is published; empty where there is none.
.plain.path:{[name;day] $[.disk.exists path:.plain.live[name;day];path;""]};

.plain.live:{[name;day]
  "/" sv $[null day;(.part.root;string name);(.plain.segment day;string day;string name)]
  };

/ @desc   The directory in which a partition lies; for a new one that in which kdb+ expects it.
.plain.segment:{[day]
  if[null day;:.part.root];
  found:.part.segments where .disk.exists each .part.segments,\:"/",string day;
  $[count found;first found;.part.segments(`int$day) mod count .part.segments]
  };

/ @desc   Makes sure that the HDB is there, and finishes what a crash cut short.
.plain.prepare:{[]
  handle:.plain.connect[];
  @[.plain.resume;handle;{[handle;failed] hclose handle;'failed}[handle]];
  hclose handle;
  };

/ @signal plain if it does not answer, or serves another directory
.plain.connect:{[]
  handle:@[hopen;(.plain.target;5000);{[failed]
    '"plain: the HDB at ",(1_string .plain.target)," does not answer (",failed,"); what is staged stays"}];
  serves:{first system"cd ",x," && pwd -P"};
  folder:serves @[handle;"first system\"pwd\"";"/"];
  if[folder~serves .part.root;:handle];
  hclose handle;
  '"plain: the HDB at ",(1_string .plain.target)," serves ",folder,", not ",.part.root
  };

/ @desc   Publishes changed tables.
/ @param  changes {table} table date version
/ @param  gone    {string[]} directories to put away
.plain.publish:{[changes;gone]
  added:raze .plain.addEmpty[changes] each distinct exec date from changes where not null date;
  changes:changes,raze enlist[0#changes],added;
  if[not count[changes]|count gone;:()];
  trash:"/trash/",string .plain.next[];
  versions:.part.path'[changes`table;changes`date;changes`version];
  lives:.plain.live'[changes`table;changes`date];
  areas:.plain.area each .plain.segment each changes`date;
  moves:.plain.move'[versions;lives;areas,\:trash];
  moves,:{[trash;path] .plain.putAway[path;.plain.area[.plain.ownerOf path],trash]}[trash] each gone;
  sync:enlist .disk.sync distinct {"/" sv -1_"/" vs x} each lives,gone;
  (hsym `$.plain.script[]) 0: enlist["set -e"],(raze moves),sync;
  .disk.save[.plain.journal[];`state`trash!(`staged;trash)];
  .part.written:();
  .plain.prepare[];
  };

/ @desc   Empty tables for a date that lacks them: an HDB wants every table in every date.
/ @return {table} table date version
.plain.addEmpty:{[changes;day]
  names:key[.part.daily] except exec table from changes where date=day;
  names:names where 0=count each .plain.path[;day] each names;
  raze {[day;name] .feed.write[name;day;.part.read[name;""]]}[day] each names
  };

/ @desc   Commands that put a version into its place, and what was there into the trash; done twice they do nothing.
.plain.move:{[version;live;trash]
  folder:"/" sv -1_"/" vs live;
  enlist "if test -e ",version,"; then ",("; " sv .plain.putAway[live;trash],("mkdir -p ",folder;"mv ",version," ",live)),"; fi"
  };

.plain.putAway:{[path;trash]
  kept:trash,"/",ssr[path;"/";"+"];
  enlist "if test -e ",path,"; then mkdir -p ",trash,"; mv ",path," ",kept,"; fi"
  };

/ @desc   The segment in which a path lies.
.plain.ownerOf:{[path] first .part.segments where path like/:.part.segments,\:"/*"};

/ @desc   Goes on where the journal says: staged -> swapped -> reloaded, which is the end of it.
/ @param  handle {int} of the HDB
/ @signal plain if the HDB could not do it
.plain.resume:{[handle]
  if[not .disk.exists .plain.journal[];:()];
  journal:get hsym `$.plain.journal[];
  script:$[`staged~journal`state;.plain.script[];""];
  / Between two messages the HDB would answer queries from what it no longer has.
  exchange:{[script]
    if[count script;if[count failed:@[{system x;""};"sh ",script;{x}];:(`staged;failed)]];
    @[{system"l .";(`reloaded;"")};::;{(`swapped;x)}]
    };
  reached:handle(exchange;script);
  if[not `reloaded~reached 0;
    .disk.save[.plain.journal[];@[journal;`state;:;reached 0]];
    '"plain: the HDB could not ",$[`staged~reached 0;"put versions into their places: ";"reload: "],reached 1];
  trashes:raze {[area] (area,"/trash/"),/:.disk.names area,"/trash"} each .plain.area each .part.segments;
  .disk.remove (trashes where not trashes like "*",journal`trash),enlist .plain.journal[];
  };

/ @desc   The directory that an end of day wrote; empty where there is none.
.plain.foreign:{[name;day] $[.disk.exists path:"/" sv (.plain.segment day;string day;string name);path;""]};

/ @desc   What of an end of day is put away when its rows are published: tables that are not parted here.
.plain.release:{[day;names] .plain.foreign[;day] each names inter key .part.whole};
