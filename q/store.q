/ q/store.q
/ purpose: how a database is published: in generations, or by plain swap; and what its root says about itself.
/ launch:  loaded by q/feed.q

/ @desc   .store.NAME is what the chosen way does:
/         next[]               version for what is written now
/         path[name;day]       directory of a table as it is published
/         prepare[]            makes sure that publishing is possible
/         publish[changes;gone] makes versions (table date version) the published ones, and removes directories
/         foreign[name;day]    directory that an end of day wrote
/         release[day;names]   directories to remove once these are settled
/         collect[]            removes what is no longer needed
/         generation[]         number of what is published now
/         isServed[generation] whether every reader has it
.store.useGenerations:{[]
  .store.next:.gen.next;
  .store.path:.gen.path;
  .store.prepare:{[]};
  .store.publish:{[changes;gone]
    before:.gen.current;
    if[count changes;.gen.publish changes;.lease.announce before];
    .disk.remove gone;
    };
  .store.foreign:{[name;day] $[.disk.exists path:"/" sv (.part.root;string day;string name);path;""]};
  .store.release:{[day;names] enlist .part.root,"/",string day};
  .store.collect:{[] .lease.expire[];.gen.collect .lease.oldest[]};
  .store.generation:{[] .gen.current};
  .store.isServed:{[generation] oldest:.lease.oldest[];null[oldest]|oldest>=generation};
  };

.store.usePlain:{[]
  .part.area:.plain.area;
  .part.segment:.plain.segment;
  .store.next:.plain.next;
  .store.path:.plain.path;
  .store.prepare:.plain.prepare;
  .store.publish:.plain.publish;
  .store.foreign:.plain.foreign;
  .store.release:.plain.release;
  .store.collect:{[]};
  .store.generation:{[] 0};
  .store.isServed:{[generation] 1b};
  };

/ globals
/ .store.version  version of the layout of a root, in ROOT/database
.store.version:1;

/ @desc   Compares a root with what it says about itself; a new one is made to say it.
/ @param  folder {string} where the file lies
/ @param  market {symbol}
/ @param  way    {symbol} generations plain
/ @signal version, root, market, way or segments, with what is wrong
.store.recognise:{[folder;market;way]
  path:folder,"/database";
  segments:$[.part.segments~enlist .part.root;();.part.segments];
  mine:`version`market`way`segments!(.store.version;market;way;segments);
  if[not .disk.exists path;.disk.save[path;mine];:()];
  found:@[get;hsym `$path;{[path;failed] '"root: ",path," is damaged (",failed,"); restore it from a backup"}[path]];
  if[not 99h=type found;'"root: ",path," is damaged; restore it from a backup"];
  if[not `version in key found;'"root: ",path," is damaged; restore it from a backup"];
  if[found[`version]>.store.version;
    '"version: ",folder," was written by a newer release (",string[found`version]," after ",string[.store.version],"); use that"];
  differ_:key[mine] where not value[mine]~'found key mine;
  if[count differ_;
    name:first differ_;
    '(string name),": ",folder," has ",(-3!found name),", this loader was started with ",-3!mine name];
  };
