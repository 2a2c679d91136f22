/ q/lease.q
/ purpose: who reads which generation. A reader registers, is told of each new generation, loads it between two of
/          its queries and says so. What it holds is not removed.
/ rules:   an open connection holds, however long a query takes; a closed one for the length of a lease, in which
/          the reader may come back. A reader that is connected and does not move on within .lease.patience is given
/          up, with a line that says so. Leases survive a restart of this process.
/ launch:  loaded by q/feed.q

/ globals
/ .lease.holders   name -> generation it holds, its handle (null: not connected), until when, and when it was told
/ .lease.duration  how long a closed connection holds
/ .lease.patience  how long a connected reader may hold an earlier generation
.lease.holders:([name:`symbol$()] generation:`long$();handle:`int$();until:`timestamp$();told:`timestamp$());
.lease.duration:0D00:01;
.lease.patience:0D01;

.lease.file:{[] .part.root,"/leases"};

/ @desc   Takes up the leases of before a restart: each reader has one lease's time to come back.
.lease.open:{[]
  if[not .disk.exists .lease.file[];:()];
  .lease.holders:update handle:0Ni,until:.z.p+.lease.duration from get hsym `$.lease.file[];
  };

.lease.save:{[] .disk.save[.lease.file[];.lease.holders];};

/ @desc   Registers the calling reader.
/ @param  name       {symbol} one name per reader
/ @param  generation {long}   what it has loaded; null if nothing
/ @return {dict} generation to load; lease, in which it may come back
/ @signal reader if another process has that name
.lease.register:{[name;generation]
  current:.lease.holders[name]`handle;
  if[not null current;if[not current=.z.w;if[current in key .z.W;'"reader: ",string[name]," is registered; choose another name"]]];
  held:$[null generation;.gen.current;generation];
  `.lease.holders upsert (name;held;.z.w;0Wp;.z.p);
  .lease.save[];
  `generation`lease!(.gen.current;.lease.duration)
  };

/ @desc   The calling reader has loaded a generation and needs no earlier one.
.lease.acknowledge:{[loaded]
  update generation:loaded from `.lease.holders where handle=.z.w;
  update told:.z.p from `.lease.holders where handle=.z.w,generation=.gen.current;
  .lease.save[];
  };

/ @desc   Tells all readers of the current generation. Their patience begins with the first that they have not loaded.
/ @param  before {long} the generation before
.lease.announce:{[before]
  update told:.z.p from `.lease.holders where not null handle,generation>=before;
  {@[neg x;(`.hdb.publish;.gen.current);::]} each exec handle from .lease.holders where not null handle;
  };

/ @desc   A connection was closed: its reader has one lease's time to come back.
.lease.closed:{[closed]
  if[not closed in exec handle from .lease.holders;:()];
  update handle:0Ni,until:.z.p+.lease.duration from `.lease.holders where handle=closed;
  .lease.save[];
  };

/ @desc   Forgets readers that did not come back or do not move on. These are disconnected, so that they know.
.lease.expire:{[]
  late:exec name!handle from .lease.holders where not null handle,generation<.gen.current,told<.z.p-.lease.patience;
  {-2 "reader ",string[x]," still holds an earlier generation and is given up";} each key late;
  @[hclose;;::] each value late;
  gone:key[late],exec name from .lease.holders where until<.z.p;
  if[0=count gone;:()];
  delete from `.lease.holders where name in gone;
  .lease.save[];
  };

/ @desc   The earliest generation that somebody holds; null if nobody does.
.lease.oldest:{[] $[count .lease.holders;exec min generation from .lease.holders;0N]};
