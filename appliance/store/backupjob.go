package store

import "siteward/appliance"

var jobRecord = record[appliance.BackupJob]{
	family: nounJob, word: "backup job",
	id:      func(v *appliance.BackupJob) *appliance.ID { return &v.ID },
	version: func(v *appliance.BackupJob) *uint64 { return &v.Version },
	name:    func(v *appliance.BackupJob) string { return v.Name },
}

// BackupJobs lists all backup jobs by number.
func (tx *Tx) BackupJobs() ([]appliance.BackupJob, error) { return jobRecord.list(tx) }

// BackupJob finds one backup job, or fails with CodeNotFound.
func (tx *Tx) BackupJob(id appliance.ID) (appliance.BackupJob, error) { return jobRecord.get(tx, id) }

// PutBackupJob stores a backup job, as PutDevice does a device.
func (tx *Tx) PutBackupJob(v *appliance.BackupJob) error { return jobRecord.put(tx, v) }

// DeleteBackupJob removes a backup job. Its runs stay until retention.
func (tx *Tx) DeleteBackupJob(id appliance.ID) error { return jobRecord.remove(tx, id) }

// jobsWithout takes a device that goes from the jobs that secure it.
func (tx *Tx) jobsWithout(device appliance.ID) error {
	jobs, err := tx.BackupJobs()
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if j.Device != device {
			continue
		}
		j.Device = 0
		if err := tx.PutBackupJob(&j); err != nil {
			return err
		}
	}
	return nil
}

// BackupJobs lists all backup jobs by number.
func (s *Store) BackupJobs() ([]appliance.BackupJob, error) { return view(s, (*Tx).BackupJobs) }

// BackupJob finds one backup job, or fails with CodeNotFound.
func (s *Store) BackupJob(id appliance.ID) (appliance.BackupJob, error) {
	return view(s, func(tx *Tx) (appliance.BackupJob, error) { return tx.BackupJob(id) })
}
