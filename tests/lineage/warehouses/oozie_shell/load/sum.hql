insert overwrite table ${hivevar:target} select e.kind, count(*) from lake.events e join lake.event_kinds k on e.kind = k.kind group by e.kind;
