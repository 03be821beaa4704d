/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From measurements to the verdict, in the order in which one builds on the other.
 */
#include "analysis/judge.h"

#include "analysis/advice.h"
#include "analysis/comparison.h"
#include "analysis/computer.h"
#include "analysis/diagnose.h"
#include "analysis/forecast.h"
#include "analysis/lost_answers.h"
#include "analysis/paths.h"
#include "analysis/ports.h"
#include "analysis/requirements.h"
#include "analysis/verdict.h"

void mp_judge(MpResult *result, const MpProfile *profile)
{
    mp_analysis_lost_answers(result);
    mp_analysis_paths(result);
    mp_analysis_compare(result);
    mp_analysis_ports(result);
    mp_analysis_requirements(result, profile);
    mp_analysis_computer(result, profile);
    mp_analysis_forecast(result, profile);
    mp_analysis_diagnose(result, profile);
    mp_analysis_advice(result, profile);
    mp_analysis_verdict(result);
}
