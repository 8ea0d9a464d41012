insert into ${table} select * from ${from};
