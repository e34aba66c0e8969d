-- The rights of the user of this connection on the database. Those that its roles give are not among them.
select current_user() as user,
       group_concat(distinct held.privilege_type order by held.privilege_type separator ', ') as rights
from (select grantee, privilege_type from information_schema.user_privileges
      union all
      select grantee, privilege_type from information_schema.schema_privileges where database() like table_schema) as held
where held.grantee = concat('''', replace(current_user(), '@', '''@'''), '''')
