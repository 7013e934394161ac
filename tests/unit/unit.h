/* SPDX-License-Identifier: MIT */
/*
 * How every unit test ends: CUnit runs its suites, prints what each test did and its summary, and
 * the exit status says whether all passed. A suite whose initialisation fails is a failure, too;
 * CUnit counts it apart and runs none of its tests.
 *
 *	int main(void)
 *	{
 *		static CU_TestInfo tests[] = {
 *			{ "one thing", test_one_thing },
 *			CU_TEST_INFO_NULL,
 *		};
 *
 *		return unit_run("module", tests);
 *	}
 */
#ifndef UNIT_H
#define UNIT_H

#include <stdio.h>
#include <stdlib.h>

#include <CUnit/Basic.h>

/* Suites, ended by CU_SUITE_INFO_NULL. EXIT_SUCCESS or EXIT_FAILURE. */
static inline int unit_run_suites(CU_SuiteInfo *suites)
{
	unsigned int failed;

	if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS) {
		fprintf(stderr, "%s\n", CU_get_error_msg());
		return EXIT_FAILURE;
	}
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
	CU_cleanup_registry();
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* One suite of tests, with what is done before the first and after the last; both may be NULL. */
static inline int unit_run_between(const char *name, CU_TestInfo *tests, CU_InitializeFunc begin,
				   CU_CleanupFunc end)
{
	CU_SuiteInfo suites[] = {
		{ .pName = name, .pInitFunc = begin, .pCleanupFunc = end, .pTests = tests },
		CU_SUITE_INFO_NULL,
	};

	return unit_run_suites(suites);
}

static inline int unit_run(const char *name, CU_TestInfo *tests)
{
	return unit_run_between(name, tests, NULL, NULL);
}

#endif
