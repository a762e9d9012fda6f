package vector

import "syscall"

// noExec says whether the file system of a folder is known to forbid running programs from it.
func noExec(dir string) bool {
	const stNoExec = 0x8 // ST_NOEXEC of statvfs(3)
	var s syscall.Statfs_t
	return syscall.Statfs(dir, &s) == nil && s.Flags&stNoExec != 0
}
