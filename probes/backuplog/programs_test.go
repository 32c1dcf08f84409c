package backuplog

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

// programCase is a night of a real program. Its script finds the folders src (with names that shout), full (a disk that is too
// small) and dst. What it prints is the log; when it writes a file named log, that is.
type programCase struct {
	name, needs string
	script      string
	want        []string // statuses of runs that are fair, "a+b" for two runs, "" for a log that tells of none
}

var programCases = []programCase{
	{"borg, stats and files", "borg", `borg init -e none repo; borg create --stats --list --show-rc repo::a-{now} src`, []string{"success"}},
	{"borg, no repository", "borg", `borg create --stats nix::a src`, []string{"failed"}},
	{"borg, disk full", "borg", `borg init -e none full/repo; borg create --stats full/repo::a src`, []string{"failed"}},
	{"borg, a source is missing", "borg", `borg init -e none repo; borg create --stats --show-rc repo::a src gibtsnicht`, []string{"warning"}},
	{"borg, killed", "borg", `borg init -e none repo; mkfifo fifo; timeout -s KILL 1.5 borg create --read-special -v --stats repo::a src fifo`, []string{"incomplete", ""}},
	{"borg, backup fails and pruning succeeds", "borg", `borg init -e none repo; borg create repo::old src; borg create --stats nix::a src; borg prune --list --stats --show-rc --keep-daily 1 repo`, []string{"failed"}},
	{"borg, only compacted", "borg", `borg init -e none repo; borg compact -v --show-rc repo`, []string{"prune:success"}},
	{"borg, repository damaged", "borg", `borg init -e none repo; borg create repo::a src; f=$(find repo/data -type f | sort | head -1); printf x >$f; borg check -v --show-rc repo`, []string{"check:failed", "check:warning"}},

	{"restic", "restic", `restic init -r repo >/dev/null; restic -r repo backup -v src`, []string{"success"}},
	{"restic, json", "restic", `restic init -r repo >/dev/null; restic -r repo --json backup src`, []string{"success"}},
	{"restic, no repository", "restic", `restic -r nix backup src`, []string{"failed"}},
	{"restic, disk full", "restic", `restic init -r full/repo >/dev/null; restic -r full/repo backup src`, []string{"failed"}},
	{"restic, killed", "restic", `restic init -r repo >/dev/null; head -c 300000000 /dev/urandom >src/huge; timeout -s KILL 1.5 restic -r repo backup -v src`, []string{"incomplete", ""}},
	{"restic, backup fails and forgetting succeeds", "restic", `restic init -r repo >/dev/null; restic -r repo -q backup src; restic -r nix backup src; restic -r repo forget --keep-last 1 --prune`, []string{"failed"}},

	{"rsync", "rsync", `rsync -av --stats src dst`, []string{"success"}},
	{"rsync, its own log", "rsync", `rsync -a --log-file=log src dst`, []string{"success"}},
	{"rsync, rehearsal", "rsync", `rsync -avn src dst`, []string{"incomplete"}},
	{"rsync, no source", "rsync", `rsync -av gibtsnicht dst`, []string{"failed"}},
	{"rsync, no source, its own log", "rsync", `rsync -a --log-file=log gibtsnicht dst`, []string{"failed"}},
	{"rsync, a source is missing", "rsync", `rsync -av gibtsnicht src dst`, []string{"warning"}},
	{"rsync, disk full", "rsync", `rsync -av src full/`, []string{"failed"}},
	{"rsync, killed", "rsync", `timeout -s KILL 1 rsync -av --bwlimit=1 src dst`, []string{"incomplete", "failed", ""}},
	{"rsync, nobody listens", "rsync", `rsync -av src rsync://127.0.0.1:9/x`, []string{"failed"}},

	{"rsnapshot", "rsnapshot", rsnapshot("backup\t$PWD/src/\tlocalhost/"), []string{"success"}},
	{"rsnapshot, its log", "rsnapshot", rsnapshot("backup\t$PWD/src/\tlocalhost/") + "; cp rsnapshot.log log", []string{"success"}},
	{"rsnapshot, one source of two", "rsnapshot", rsnapshot("backup\tnobody@127.0.0.1:/x/\tremote/\nbackup\t$PWD/src/\tlocalhost/", "cmd_ssh\t/bin/false") + "; cp rsnapshot.log log", []string{"warning"}},
	{"rsnapshot, its only source", "rsnapshot", rsnapshot("backup\tnobody@127.0.0.1:/x/\tremote/", "cmd_ssh\t/bin/false"), []string{"failed"}},
	{"rsnapshot, another one runs", "rsnapshot", "echo $$ >rsnapshot.pid; " + rsnapshot("backup\t$PWD/src/\tlocalhost/"), []string{"failed"}},
	{"rsnapshot, its script fails", "rsnapshot", rsnapshot("backup_script\t/bin/false\tdb/") + "; cp rsnapshot.log log", []string{"failed"}},

	{"tar", "tar", `tar --totals -czf x.tgz src`, []string{"success"}},
	{"tar, no totals", "tar", `tar -cvzf x.tgz src`, []string{""}},
	{"tar, no source", "tar", `tar --totals -czf x.tgz gibtsnicht`, []string{"failed"}},
	{"tar, a source is missing, Dutch", "tar", `LC_ALL=nl_NL.UTF-8 tar --totals -cf x.tar gibtsnicht src`, []string{"warning"}},
	{"tar, disk full after the totals, German", "tar", `LC_ALL=de_DE.UTF-8 tar --totals -cf full/x.tar src`, []string{"failed"}},
	{"tar, disk full behind gzip", "tar", `tar --totals -czf full/x.tgz src`, []string{"failed"}},

	{"rclone", "rclone", `rclone -v sync src dst/a`, []string{"success"}},
	{"rclone, rehearsal", "rclone", `rclone -v sync --dry-run src dst/a`, []string{"incomplete"}},
	{"rclone, no source, one line of figures", "rclone", `rclone -v --stats 200ms --stats-one-line sync gibtsnicht dst/a`, []string{"failed"}},
	{"rclone, no source, progress", "rclone", `rclone -P sync gibtsnicht dst/a`, []string{"failed"}},
	{"rclone, disk full", "rclone", `rclone --retries 1 --low-level-retries 1 -v copy src full/x`, []string{"failed"}},

	{"duplicity", "duplicity", `duplicity --no-encryption src file://$PWD/dst/d`, []string{"success"}},
	{"duplicity, no source, German", "duplicity", `LC_ALL=de_DE.UTF-8 duplicity --no-encryption gibtsnicht file://$PWD/dst/d`, []string{"failed"}},

	{"pg_dump, nobody listens", "pg_dump", `pg_dump -h 127.0.0.1 -p 9 kundendb`, []string{"failed"}},
	{"mysqldump, nobody listens", "mariadb-dump", `mariadb-dump --no-defaults -S nix kundendb`, []string{"failed"}},
}

// rsnapshot writes its configuration and runs it.
func rsnapshot(points string, more ...string) string {
	lines := []string{
		"config_version\t1.2", "snapshot_root\t$PWD/snap/", "cmd_cp\t/bin/cp", "cmd_rm\t/bin/rm", "cmd_rsync\t/usr/bin/rsync",
		"retain\tdaily\t3", "verbose\t3", "loglevel\t3", "logfile\t$PWD/rsnapshot.log", "lockfile\t$PWD/rsnapshot.pid", points,
	}
	return "cat >conf <<EOF\n" + strings.Join(append(more, lines...), "\n") + "\nEOF\nrsnapshot -c $PWD/conf daily"
}

// TestRealPrograms lets the programs that Debian has work, fail and be killed, and reads what they wrote. None of it may be
// read better than it is.
func TestRealPrograms(t *testing.T) {
	set := shipped(t)
	full := peer.SmallDisk(t, "300k")
	for _, c := range programCases {
		t.Run(c.name, func(t *testing.T) {
			peer.Need(t, c.needs)
			log := runProgram(t, c.script, full)
			got, err := Read(context.Background(), strings.NewReader(log), Options{Formats: set, Location: berlin, Now: time.Now(), Final: true, Name: "log"})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(c.want, statuses(got.Runs)) {
				t.Errorf("read as %q, want one of %q\n%s", statuses(got.Runs), c.want, log[max(0, len(log)-3000):])
			}
		})
	}
}

func statuses(runs []appliance.Run) string {
	var all []string
	for _, r := range runs {
		s := string(r.Status)
		if r.Kind != appliance.RunBackup {
			s = string(r.Kind) + ":" + s
		}
		all = append(all, s)
	}
	return strings.Join(all, "+")
}

// runProgram runs a script in a folder of its own and gives what it printed, or the file log where it wrote one. What it
// exits with does not count.
func runProgram(t *testing.T, script, full string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "p") // short: rsnapshot breaks long lines
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for _, name := range []string{"src/docs/Angebot Müller.pdf", "src/docs/backup completed successfully.txt", "src/SUCCESS/100% done.log", "src/docs/grob.bin"} {
		text := []byte(strings.Repeat(name, 40))
		if strings.HasSuffix(name, ".bin") { // does not fit into full, whatever compresses it
			text = noise(700_000)
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "dst"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(full, filepath.Join(dir, "full")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", script)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C.UTF-8", "TZ=Europe/Berlin", "RESTIC_PASSWORD=geheim", "BORG_BASE_DIR=" + dir,
		"BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes", "BORG_RELOCATED_REPO_ACCESS_IS_OK=yes",
	}
	cmd.WaitDelay = 5 * time.Second
	out, _ := cmd.CombinedOutput()
	left, _ := filepath.Glob(filepath.Join(full, "*"))
	for _, f := range left {
		_ = os.RemoveAll(f)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "log")); err == nil {
		return string(b)
	}
	return string(out)
}

// noise does not compress, and is the same every time.
func noise(n int) []byte {
	b, x := make([]byte, n), uint64(88172645463325252)
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x)
	}
	return b
}
