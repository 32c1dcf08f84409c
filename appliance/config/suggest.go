package config

import (
	"slices"
	"strings"
)

// secretKeys are what people write who put the secret itself into the file.
var secretKeys = map[string]string{
	"community": "community", "auth": "auth", "auth_password": "auth", "auth_key": "auth", "auth_passphrase": "auth",
	"priv": "priv", "priv_password": "priv", "priv_key": "priv", "priv_passphrase": "priv", "password": "auth", "secret": "auth",
}

// suggest says which key may have been meant, or all there are.
func suggest(key string, f fields) string {
	if name, ok := secretKeys[key]; ok && f[name+"_file"] != nil {
		return "a secret never stands in a site file: write it into a file of its own and name that with " + name + "_file, or an environment variable with " + name + "_env"
	}
	best, least := "", 3
	keys := make([]string, 0, len(f))
	for k := range f {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		if d := distance(strings.ToLower(clip(key)), k); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "use " + strings.Join(keys, ", ")
}

// distance is how many letters must be put in, taken out or changed to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
