package backuplog

import (
	"context"
	"strings"
	"testing"
	"time"

	"siteward/internal/peer"
)

// bacula is a night of a director, a storage daemon and a client of Bacula on this machine, with a catalogue of its own. What the director
// writes down is the log.
func bacula(t *testing.T, file, storagePassword string) string {
	port := func() string {
		_, port, _ := strings.Cut(peer.FreeTCP(t), ":")
		return port
	}
	return strings.NewReplacer("FILE", file, "SDPASS", storagePassword, "DIRECTOR;", port()+";", "CLIENT", port(), "STORAGE", port()).Replace(`
mkdir w
cat >dir.conf <<EOF
Director { Name = d; DIRport = DIRECTOR; DirAddress = 127.0.0.1; QueryFile = /dev/null; WorkingDirectory = $PWD/w; PidDirectory = $PWD/w; Password = x; Messages = m }
Catalog { Name = c; dbname = bacula; dbuser = x; dbpassword = x }
Messages { Name = m; append = $PWD/log = all, !skipped; catalog = all }
Client { Name = f; Address = 127.0.0.1; FDPort = CLIENT; Catalog = c; Password = x }
Storage { Name = s; Address = 127.0.0.1; SDPort = STORAGE; Password = SDPASS; Device = v; Media Type = File }
Pool { Name = p; Pool Type = Backup; Label Format = V }
FileSet { Name = fs; Include { Options { signature = MD5 } File = $PWD/src; File = FILE } }
Job { Name = Kundendaten; Type = Backup; Level = Full; Client = f; FileSet = fs; Storage = s; Pool = p; Messages = m }
EOF
cat >sd.conf <<EOF
Storage { Name = s; SDPort = STORAGE; SDAddress = 127.0.0.1; WorkingDirectory = $PWD/w; PidDirectory = $PWD/w }
Director { Name = d; Password = x }
Device { Name = v; Media Type = File; Archive Device = $PWD/dst; LabelMedia = yes; Random Access = yes; AutomaticMount = yes; RemovableMedia = no }
Messages { Name = m; director = d = all }
EOF
cat >fd.conf <<EOF
FileDaemon { Name = f; FDPort = CLIENT; FDAddress = 127.0.0.1; WorkingDirectory = $PWD/w; PidDirectory = $PWD/w }
Director { Name = d; Password = x }
Messages { Name = m; director = d = all, !skipped }
EOF
echo "Director { Name = d; DIRport = DIRECTOR; Address = 127.0.0.1; Password = x }" >con.conf
sqlite3 w/bacula.db </usr/share/dbconfig-common/data/bacula-director-sqlite3/install/sqlite3
timeout 60 bacula-sd -f -c $PWD/sd.conf & sd=$!
timeout 60 bacula-fd -f -c $PWD/fd.conf & fd=$!
timeout 60 bacula-dir -f -c $PWD/dir.conf & dir=$!
for i in $(seq 200); do echo | bconsole -c $PWD/con.conf >/dev/null 2>&1 && break; sleep 0.1; done
printf 'run job=Kundendaten yes\nwait\nquit\n' | timeout 40 bconsole -c $PWD/con.conf
kill $dir $sd $fd; wait`)
}

// TestRealBacula lets Debian's Bacula back up, miss a folder and find no storage.
func TestRealBacula(t *testing.T) {
	t.Parallel()
	set := shipped(t)
	peer.Need(t, "bacula-dir")
	peer.Need(t, "bacula-sd")
	peer.Need(t, "bacula-fd")
	peer.Need(t, "bconsole")
	for _, c := range []struct{ name, file, password, want string }{
		{"backup", "/etc/hostname", "x", "success"},
		{"a folder is missing", "/gibtsnicht", "x", "warning"},
		{"no storage", "/etc/hostname", "wrong", "failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			log := runProgram(t, bacula(t, c.file, c.password), t.TempDir())
			got, err := Read(context.Background(), strings.NewReader(log), Options{Formats: set, Location: berlin, Now: time.Now(), Final: true, Name: "bacula.log"})
			if err != nil {
				t.Fatal(err)
			}
			if statuses(got.Runs) != c.want || got.Runs[0].Job != "Kundendaten" || got.Product != "bacula" {
				t.Errorf("read as %q of %q, want %q\n%s", statuses(got.Runs), got.Product, c.want, log[max(0, len(log)-4000):])
			}
		})
	}
}
