"set mapred.job.queue.name=root.etl;
insert overwrite table common.user partition (d = '{{ ti.xcom_pull(task_ids='InputConfig', key='d', dag_id='load_common') }}')
select s.id from staging.user s
left join common.user before on s.id = before.id and before.d = date_sub('{{ ti.xcom_pull(task_ids='InputConfig', key='d', dag_id='load_common') }}', 1)
where s.note <> 'from other.table';
"
