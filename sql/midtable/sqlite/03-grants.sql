-- 银企直联中间表：角色与授权，最小权限 / Middle tables: roles and grants, least privilege.
-- SQLite 3.38 or later. Run: sqlite3 <database file> < <file>. May be run again.
-- 可重复执行。
-- SQLite has neither users nor roles: whoever can write the file can write every table. Give the file to one operating-system
-- group, with the ERP and the connector in it, and nobody else:
-- SQLite 没有用户和角色：能写文件者即能写所有表。请只把文件授权给 ERP 与连接器所在的操作系统用户组：
--   chgrp yinqi erp.db erp.db-wal erp.db-shm && chmod 660 erp.db erp.db-wal erp.db-shm
-- The triggers of 02-triggers.sql guard the taken rows all the same. 触发器仍然保护已取走的行。
SELECT 'SQLite has no roles; see the comments of this file' AS note;
