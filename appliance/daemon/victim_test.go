package daemon_test

const victimData = "SITEWARD_TEST_VICTIM"

func victim(string) {}
